package tests

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/server"
)

// A script is the connection of a client that says all it has to say at once, hears
// everything, and leaves.
type script struct {
	net.Conn
	said  string
	heard int
}

func (s *script) Read(b []byte) (int, error) {
	if s.said == "" {
		return 0, io.EOF
	}
	n := copy(b, s.said)
	s.said = s.said[n:]
	return n, nil
}

func (s *script) Write(b []byte) (int, error) {
	s.heard += len(b)
	return len(b), nil
}
func (*script) Close() error                     { return nil }
func (*script) SetReadDeadline(time.Time) error  { return nil }
func (*script) SetWriteDeadline(time.Time) error { return nil }

func bare(tb testing.TB) *dispatch.Server {
	c := config.Default()
	c.Flood.Enabled, c.History.Enabled = false, false
	s, err := server.NewCore(c, server.Parts{
		Log: slog.New(slog.DiscardHandler), Now: time.Now, Version: "test", Secret: make([]byte, 32),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// registrations are how clients connect.
var registrations = []struct{ name, before, after string }{
	{"plain", "", ""},
	{"CAP", "CAP LS 302\r\n", "CAP REQ :multi-prefix server-time message-tags batch echo-message account-tag\r\nCAP END\r\n"},
}

// BenchmarkRegistration measures a client from connect to quit, without the system.
func BenchmarkRegistration(b *testing.B) {
	for _, x := range registrations {
		b.Run(x.name, func(b *testing.B) {
			s := bare(b)
			peer := dispatch.Peer{Addr: netip.MustParseAddrPort("127.0.0.1:5000")}
			b.ReportAllocs()
			for i := range b.N {
				c := &script{said: fmt.Sprintf("%sNICK nick%d\r\nUSER user 0 * :A real name\r\n%s", x.before, i, x.after)}
				s.Serve(context.Background(), c, peer)
				if c.heard < 1000 {
					b.Fatalf("the client has heard %d bytes", c.heard)
				}
			}
		})
	}
}
