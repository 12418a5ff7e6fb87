//go:build linux

package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A bench is what a scenario plays on: a fresh server, a loop of clients, and
// a place for the figures.
type bench struct {
	srv    *server
	loop   *loop
	size   sizes
	record func(name string, m metrics)
	born   int // clients so far, for their nicks
	// look, unless it is nil, has something done, and looks at the server meanwhile.
	look func(do func() error) error
	// again starts the server once more, with its data. All clients are gone then.
	again func(meanwhile func() error) (stopped, started time.Duration, err error)
}

// patience bounds every step that only waits for the server.
const patience = 60 * time.Second

func newBench(srv *server, sz sizes, record func(string, metrics)) (*bench, error) {
	l, err := newLoop(srv.plain)
	if err != nil {
		return nil, err
	}
	return &bench{srv: srv, loop: l, size: sz, record: record}, nil
}

// usual are the capabilities that today's clients ask for.
var usual = []string{
	"account-notify", "account-tag", "away-notify", "batch", "cap-notify", "chghost", "extended-join", "invite-notify",
	"labeled-response", "message-tags", "multi-prefix", "server-time", "setname", "userhost-in-names",
}

// gather registers n clients with the wanted capabilities, atOnce at a time.
func (b *bench) gather(n, atOnce int, wanted []string) ([]*client, error) {
	cs := make([]*client, n)
	begun, flying := 0, []*client(nil)
	return cs, b.loop.run(patience, func() bool {
		still := flying[:0]
		for _, c := range flying {
			if c.heard.end == 0 {
				still = append(still, c)
			}
		}
		flying = still
		for ; begun < n && len(flying) < atOnce && b.loop.lost == nil; begun++ {
			cs[begun] = &client{nick: b.name(), take: talk, wanted: wanted, since: time.Now()}
			if err := b.loop.open(cs[begun], greet); err != nil {
				b.loop.lost = err
				return false
			}
			flying = append(flying, cs[begun])
		}
		return begun == n && len(flying) == 0
	})
}

// name returns a nick nobody has.
func (b *bench) name() string {
	b.born++
	return fmt.Sprintf("n%05d", b.born)
}

func greet(c *client) { c.send(greeting(c.nick, c.wanted)) }

func greeting(nick string, wanted []string) []byte {
	s := "NICK " + nick + "\r\nUSER " + nick + " 0 * :A client\r\n"
	if wanted != nil {
		s = "CAP LS 302\r\n" + s
	}
	return []byte(s)
}

// join lets every client enter the channels named for it, a group at a time,
// and returns when all that follows from it has been heard.
func (b *bench) join(cs []*client, channels func(i int) string) error {
	const group = 100
	for from := 0; from < len(cs); from += group {
		some := cs[from:min(from+group, len(cs))]
		want := make([]int, len(some))
		for i, c := range some {
			list := channels(from + i)
			want[i] = c.heard.names + 1 + strings.Count(list, ",")
			c.line("JOIN " + list)
		}
		err := b.until(some, func(i int, c *client) bool { return c.heard.names >= want[i] })
		if err != nil {
			return fmt.Errorf("join: %w", err)
		}
	}
	return b.settle(cs)
}

// settle returns when every client has heard everything sent to it so far.
func (b *bench) settle(cs []*client) error {
	for _, c := range cs {
		c.heard = tally{}
		c.line("PING settle")
	}
	return b.until(cs, func(_ int, c *client) bool { return c.heard.pong > 0 })
}

// until runs the loop until ok holds for each of cs, which may be in any order
// but must not cease to hold.
func (b *bench) until(cs []*client, ok func(int, *client) bool) error {
	at := 0
	return b.loop.run(patience, func() bool {
		for at < len(cs) && ok(at, cs[at]) {
			at++
		}
		if at == len(cs) {
			return true
		}
		if c := cs[at]; c.heard.oops > 0 && c.left == nil && b.loop.lost == nil {
			b.loop.lost = fmt.Errorf("client %s was refused: %s", c.nick, c.farewell)
		}
		return false
	})
}

// measured runs f and returns what it cost.
func (b *bench) measured(f func() error) (u usage, err error) {
	if b.look == nil {
		return b.clocked(f)
	}
	err = b.look(func() (err error) {
		u, err = b.clocked(f)
		return err
	})
	return u, err
}

func (b *bench) clocked(f func() error) (usage, error) {
	before, err := now(b.srv.pid)
	spun := b.loop.spun
	if err != nil {
		return usage{}, err
	}
	if err := f(); err != nil {
		return usage{}, err
	}
	after, err := now(b.srv.pid)
	if err != nil {
		return usage{}, err
	}
	u := after.since(before)
	u.generator -= b.loop.spun - spun
	return u, nil
}

// agree fails unless all clients were given the capability.
func agree(cs []*client, name string) error {
	for _, c := range cs {
		if !strings.Contains(" "+strings.Join(c.agreed, " ")+" ", " "+name+" ") {
			return errors.New("the server has no " + name)
		}
	}
	return nil
}
