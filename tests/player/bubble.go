package player

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/link/mem"
	"github.com/parley-irc/parley/ircd/mail/mailtest"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// InBubble plays a conversation in this process and in fake time: on one server
// or, if linked, on two, between which the clients take turns.
func InBubble(t *testing.T, s *Script, linked bool) {
	synctest.Test(t, func(t *testing.T) {
		b, err := newBubble(s, linked)
		if err != nil {
			t.Fatal(err)
		}
		defer slog.SetDefault(slog.Default())
		slog.SetDefault(slog.New(&b.log))
		err = play(s, b)
		b.close()
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A bubble is servers in this process. Nothing in it waits for real: when all
// goroutines are idle, everything has been delivered.
type bubble struct {
	script  *Script
	linked  bool
	ctx     context.Context
	cancel  context.CancelFunc
	log     complaints
	hub     mem.Hub
	store   shelf // shared by the servers
	servers map[string]*node
	logs    map[string]*paper // what was said, by the name of the server
	lag     time.Duration     // until what was said is on the disk
	lookup  lookup
	devices devices
	// published, unless it is nil, is given what servers tell each other.
	published func(data []byte)
	box       mailtest.Box // where mail goes
}

func newBubble(s *Script, linked bool) (b *bubble, err error) {
	b = &bubble{script: s, linked: linked, servers: map[string]*node{}, logs: map[string]*paper{}, lookup: lookup{}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.store.Store, err = bunt.Open(bunt.Memory)
	return b, err
}

func (b *bubble) close() {
	synctest.Wait()
	b.cancel()
	synctest.Wait()
	for _, n := range b.servers {
		n.server.Network.Unlink()
	}
	b.hub.Close()
	for _, n := range b.servers {
		n.stop()
	}
	for _, log := range b.logs {
		_ = log.Close()
	}
	_ = b.store.Close()
	time.Sleep(2 * time.Second) // until the last goroutine of BuntDB has ended
}

// place returns the name of the server for a client: all are the same one, unless
// there are two.
func (b *bubble) place(o options) string {
	switch {
	case !b.linked:
		return "irc"
	case o.at != "":
		return o.at
	}
	return [...]string{"east", "west"}[o.number%2]
}

func (b *bubble) names() (all []string) {
	for name := range b.servers {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func (b *bubble) dial(o options) (net.Conn, error) {
	if b.linked { // both are there from the start, as on a network
		for _, name := range []string{"east", "west"} {
			if _, err := b.node(name); err != nil {
				return nil, err
			}
		}
		synctest.Wait()
	}
	n, err := b.node(b.place(o))
	if err != nil {
		return nil, err
	}
	addr, err := netip.ParseAddr(o.addr)
	if o.addr == "" {
		addr, err = netip.AddrFrom4([4]byte{203, 0, 113, byte(o.number + 1)}), nil
	}
	if err != nil {
		return nil, err
	}
	if o.host != "" || o.ident != "" {
		b.lookup[addr] = found{o.host, o.ident}
	}
	ours, theirs := net.Pipe()
	n.conns = append(n.conns, theirs)
	go n.server.Serve(n.ctx, theirs, dispatch.Peer{
		Addr: netip.AddrPortFrom(addr, 50000), Secure: o.tls, CertFP: o.certfp, CertFP512: o.certfp + o.certfp, WebSocket: o.websocket,
	})
	return ours, nil
}

func (b *bubble) device(name string, how ...string) (d *device, isNew bool, err error) {
	if d = b.devices.of[name]; d == nil {
		isNew = true
		d, err = b.devices.add(name)
	}
	for _, word := range how {
		err = errors.Join(err, b.devices.answer(name, word))
	}
	return d, isNew, err
}

func (b *bubble) settle([]*client) error {
	synctest.Wait()
	return nil
}

func (b *bubble) leave([]*client) {}

func (b *bubble) wait(d time.Duration) { time.Sleep(d) }

func (b *bubble) complaint() error { return b.log.first() }

func (b *bubble) do(directive string, args []string) error {
	switch {
	case directive == "server" && len(args) == 1:
		if b.linked {
			_, err := b.node(args[0])
			return err
		}
		return nil
	case directive == "store" && len(args) == 1:
		b.store.down.Store(args[0] == "fails")
		return nil
	case directive == "delay" && len(args) == 0:
		b.hub.Hold()
		return nil
	case directive == "deliver" && len(args) == 0:
		b.hub.Release()
		return nil
	case directive == "rehash" && len(args) == 1:
		return b.rehash(args[0])
	case directive == "login" && len(args) == 2:
		return b.login(args[0], args[1])
	case directive == "logout" && len(args) == 1:
		return b.login(args[0], "")
	}
	if b.linked {
		return b.disturb(directive, args)
	}
	return notUnderstood(directive, args)
}

func notUnderstood(directive string, args []string) error {
	return fmt.Errorf("this line is not understood: %s %s", directive, strings.Join(args, " "))
}

func (b *bubble) rehash(section string) error {
	for _, name := range b.names() {
		cfg, err := b.config(name, section)
		if err != nil {
			return err
		}
		n := b.servers[name]
		n.server.Configure(cfg, n.server.Texts())
	}
	return nil
}

// login logs a client in as an account, whatever proves that it may.
func (b *bubble) login(nick, account string) error {
	for _, n := range b.servers {
		for _, c := range n.server.Conns() {
			if u := c.Online(); u != nil && u.Nick() == nick {
				n.server.Network.SetAccount(c.Actor(), account)
				return nil
			}
		}
	}
	return errors.New(nick + " is not connected")
}
