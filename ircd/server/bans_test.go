package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
)

// said returns what the server says to a connection until it closes it.
func said(t *testing.T, c net.Conn, err error) string {
	t.Helper()
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	b, _ := io.ReadAll(bufio.NewReader(c))
	return string(b)
}

// TestBannedAddress checks that somebody from an address that is banned is told so at
// once: by plain text before anything else, by TLS after the handshake.
func TestBannedAddress(t *testing.T) {
	r := start(t, plainAt+tlsAt+"[bans]\nappeal = \"Write to abuse@tea.example.\"\n")
	q, err := bans.Parse(casemap.ASCII, bans.Out, "127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	set, err := r.Core.Bans.Set(context.Background(), q, bans.Ban{Reason: "too loud"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", r.address(0))
	if got := said(t, c, err); got != "ERROR :You are banned from this network: too loud (ban "+set.ID+"). Write to abuse@tea.example.\r\n" {
		t.Errorf("plain: %q", got)
	}
	secure := func() string {
		c, err := tls.Dial("tcp", r.address(1), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			return err.Error()
		}
		return said(t, c, nil)
	}
	if got := secure(); !strings.HasPrefix(got, ":irc.tea.example 465 * :You are banned from this network: too loud") || !strings.Contains(got, "ERROR :") {
		t.Errorf("TLS: %q", got)
	}
	contains(t, r.log.String(), "banned client", "ban="+set.ID, "addr=127.0.0.1")

	if _, err := r.Core.Bans.Remove(context.Background(), q); err != nil {
		t.Fatal(err)
	}
	if err := r.greeted("tcp", r.address(0), false); err != nil {
		t.Error("after the ban:", err)
	}
}

// TestBansStay checks that bans and their hits outlive the server.
func TestBansStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.toml")
	if err := os.WriteFile(path, []byte(base+plainAt), 0o600); err != nil {
		t.Fatal(err)
	}
	q, _ := bans.Parse(casemap.ASCII, bans.Out, "192.0.2.0/24")
	run := func(f func(s *bans.Service)) {
		s, err := Start(Options{Config: path, Version: "parley-test", Stderr: t.Output()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		f(s.Core.Bans)
		cancel()
		s.Run(ctx)
	}
	run(func(s *bans.Service) {
		set, err := s.Set(context.Background(), q, bans.Ban{Reason: "stay away"}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			s.Hit(&set, time.Now())
		}
	})
	run(func(s *bans.Service) {
		if l, ok := s.Lookup(q); !ok || l.Reason != "stay away" || l.Hits.Count != 3 {
			t.Errorf("after a restart: %+v, %v", l, ok)
		}
	})
}
