package tests

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/server"
)

// TestLongAnswers: who asks for more than the send queue holds, and reads slowly, is
// not disconnected for it. https://modern.ircdocs.horse/#safelist-parameter
func TestLongAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := config.Default()
		c.Limits.SendQueue = 16 * config.KiB
		c.Flood.Enabled = false
		c.History.Enabled = false
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s, err := server.NewCore(c, server.Parts{Log: slog.New(slog.DiscardHandler), Now: time.Now, Secret: make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		go s.Watch(ctx)
		for i := range 150 {
			conn := client(ctx, s, fmt.Sprintf("user%03d", i))
			go io.Copy(io.Discard, conn)
			say(conn, "JOIN #crowd")
			if i < 50 {
				say(conn, fmt.Sprintf("JOIN #channel%03d", i), fmt.Sprintf("TOPIC #channel%03d :%s", i, strings.Repeat("x", 380)))
			}
			synctest.Wait()
		}
		asker := client(ctx, s, "asker")
		heard := bufio.NewScanner(asker)
		for _, x := range []struct {
			ask, item, end string
			items          int
		}{
			{"LIST", "322", "323", 51},
			{"WHO *", "352", "315", 151},
			{"WHO #crowd", "352", "315", 150},
			{"WHO * %cuhsnfdlaor", "354", "315", 151},
		} {
			say(asker, x.ask)
			time.Sleep(10 * time.Second) // it is busy, and reads nothing
			items := 0
			for heard.Scan() {
				f := strings.Fields(heard.Text())
				if f[1] == x.item {
					items++
				}
				if f[1] == x.end {
					break
				}
			}
			if items != x.items || heard.Err() != nil {
				t.Errorf("%s was answered with %d lines, not %d (%v)", x.ask, items, x.items, heard.Err())
			}
		}
		asker.Close()
		cancel()
	})
}

// client connects a client and registers it.
func client(ctx context.Context, s *dispatch.Server, nick string) net.Conn {
	ours, theirs := net.Pipe()
	go s.Serve(ctx, theirs, dispatch.Peer{})
	say(ours, "NICK "+nick, "USER u 0 * :"+nick)
	return ours
}

func say(conn net.Conn, lines ...string) {
	_, _ = io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n")
}
