package tests

import (
	"bufio"
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/wire"
)

// A crowd is clients of one server.
type crowd struct {
	server  *dispatch.Server
	cancel  context.CancelFunc
	members []*listener
	log     bytes.Buffer // errors
}

// A listener is a client that hears what it is sent.
type listener struct {
	nick string
	conn net.Conn
	has  caps.Set
	pong bool // it answers PING

	mu    sync.Mutex
	lines []string
}

// newCrowd connects a client for each set of capabilities, of which it enables those
// that are offered. They are in #tea.
func newCrowd(t interface{ Fatal(...any) }, sets ...caps.Set) *crowd {
	ctx, cancel := context.WithCancel(context.Background())
	c := &crowd{cancel: cancel}
	cfg := config.Default()
	cfg.Flood.Enabled = false
	s, err := server.NewCore(cfg, server.Parts{
		Log: slog.New(slog.NewTextHandler(&c.log, &slog.HandlerOptions{Level: slog.LevelError})),
		Now: time.Now, Version: "test", Secret: make([]byte, 32),
		Verify: func(context.Context, string, string) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	c.server = s
	go s.Watch(ctx)
	for i, nick := range []string{"ann", "bob", "cat", "dan"}[:len(sets)] {
		ours, theirs := net.Pipe()
		go s.Serve(ctx, theirs, dispatch.Peer{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}), 1)})
		l := &listener{nick: nick, conn: ours, has: s.Offer(false).Set() & sets[i]}
		go l.listen()
		c.members = append(c.members, l)
		l.send("CAP LS 302")
		l.send("NICK " + nick)
		l.send("USER " + nick + " 0 * :" + nick)
		for x := range l.has.Each() {
			l.send("CAP REQ :" + x.String()) // one by one, for not all go together
		}
		l.send("CAP END")
		l.send("JOIN #tea")
		synctest.Wait()
		for _, conn := range s.Conns() {
			if u := conn.Online(); u != nil && u.Nick() == nick {
				l.has = conn.Session.Caps()
			}
		}
	}
	for _, l := range c.members {
		l.take()
	}
	return c
}

func (c *crowd) close() {
	c.cancel()
	for _, l := range c.members {
		l.conn.Close()
	}
	if h := c.server.Network.History; h != nil {
		_ = h.Close()
	}
	time.Sleep(6 * time.Second) // in which the last word of the server is waited for
	synctest.Wait()
}

// fault returns what the server has logged as an error, or "". All must be idle.
func (c *crowd) fault() string { return c.log.String() }

func (l *listener) send(line string) { _, _ = l.conn.Write([]byte(line + "\r\n")) }

func (l *listener) listen() {
	s := bufio.NewScanner(l.conn)
	s.Buffer(nil, wire.MaxTags+wire.MaxBody)
	for s.Scan() {
		if _, token, ok := strings.Cut(s.Text(), " PING "); ok && l.pong {
			go l.send("PONG " + token)
			continue
		}
		l.mu.Lock()
		l.lines = append(l.lines, s.Text())
		l.mu.Unlock()
	}
}

func (l *listener) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	l.lines = nil
	return lines
}
