package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A person is a client for one life.
type person struct {
	churn *churn
	kind  int
	conn  *conn
	deaf  atomic.Bool // does not answer any more
	gone  chan struct{}

	mu      sync.Mutex
	heard   string // the last line
	waiting map[string]chan struct{}
}

func (c *churn) person(kind int) *person {
	return &person{churn: c, kind: kind, gone: make(chan struct{}), waiting: map[string]chan struct{}{}}
}

// cutIfAny cuts a connection that may not have come about.
func (c *conn) cutIfAny() {
	if c != nil {
		c.cut()
	}
}

func (p *person) dial(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p.conn, err = kinds[p.kind].dial(ctx, p.churn.server)
	return err
}

// peep connects, and leaves before it is somebody.
func (p *person) peep(ctx context.Context) error {
	if err := p.dial(ctx); err != nil {
		return err
	}
	p.say("CAP LS 302\r\nNICK peep")
	p.conn.cut()
	return nil
}

// arrive connects and registers, and logs in if so asked.
func (p *person) arrive(ctx context.Context, nick string, login bool) error {
	if err := p.dial(ctx); err != nil {
		return err
	}
	welcome, acked, in := p.await("001"), p.await("CAP"), p.await("903")
	go p.listen()
	p.say("CAP REQ :sasl message-tags server-time batch echo-message draft/chathistory draft/metadata-2 draft/read-marker setname")
	if err := p.until(ctx, acked, "CAP"); err != nil {
		return err
	}
	if login {
		p.say("AUTHENTICATE PLAIN\r\nAUTHENTICATE " + credentials(account(rand.IntN(accounts))))
		if err := p.until(ctx, in, "903"); err != nil {
			return err
		}
		p.churn.count("logged in")
	}
	p.say("NICK " + nick + "\r\nUSER u 0 * :" + nick + "\r\nCAP END")
	return p.until(ctx, welcome, "001")
}

// say sends lines. Who cannot finds out by listening.
func (p *person) say(lines string) {
	for line := range strings.SplitSeq(lines, "\r\n") {
		_ = p.conn.send(line)
	}
}

// await returns what is closed when a command is heard.
func (p *person) await(command string) chan struct{} {
	heard := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[command] = heard
	return heard
}

func (p *person) until(ctx context.Context, heard chan struct{}, what string) error {
	select {
	case <-heard:
		return nil
	case <-p.gone:
		return errors.New("sent away: " + p.last())
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return fmt.Errorf("no %s, but %q", what, p.last())
	}
}

func (p *person) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.heard
}

// listen reads until the connection ends.
func (p *person) listen() {
	defer close(p.gone)
	for {
		line, err := p.conn.read()
		if err != nil {
			return
		}
		words := strings.Fields(line)
		if len(words) > 0 && words[0][0] == '@' {
			words = words[1:]
		}
		if len(words) > 0 && words[0][0] == ':' {
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		if words[0] == "PING" && !p.deaf.Load() {
			p.say("PONG " + words[1])
		}
		if words[0] == "PRIVMSG" {
			p.churn.count("messages heard")
		}
		p.mu.Lock()
		p.heard = line
		if heard := p.waiting[words[0]]; heard != nil {
			close(heard)
			delete(p.waiting, words[0])
		}
		p.mu.Unlock()
	}
}
