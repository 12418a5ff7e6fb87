//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// atOneAddress is how many clients log in from one address, so that none is throttled.
const atOneAddress = 10

// playLogins lets clients log in to accounts all at once, each by a password of its own
// account, while others chat.
func playLogins(b *bench) error {
	b.loop.perSource = atOneAddress
	names, err := b.accounts(b.size.logins)
	if err != nil || len(names) == 0 {
		return err
	}
	r, err := newRoom(b, b.size.crowd, 1, nil)
	if err != nil {
		return err
	}
	p := newPace(r, b.size.rate/b.size.crowd)
	if _, err := p.talk(b.size.span / 4); err != nil { // to warm up
		return err
	}
	s := &storm{b: b, names: names}
	p.during = s.begin
	var delays, late sample
	u, err := b.measured(func() error {
		for s.answered() < len(names) {
			if s.begun != 0 && time.Since(s.start) > 2*patience {
				return fmt.Errorf("%w: %d of %d logins are answered", errSlow, s.answered(), len(names))
			}
			if _, err := p.talk(b.size.span / 4); err != nil {
				return err
			}
			delays, late = append(delays, p.delays...), append(late, p.late...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	m := metrics{"logins": float64(len(s.done)), "refused_as_busy": float64(s.busy), "refused": float64(s.refused)}
	delays.into(m, "")
	late.into(m, "send_late_")
	s.done.into(m, "login_")
	u.into(m, len(names), "login")
	b.record(fmt.Sprintf("%d logins, %d members", len(names), b.size.crowd), m)
	return nil
}

// accounts registers accounts. Without names, the server has none to register.
func (b *bench) accounts(n int) (names []string, err error) {
	const some = 50
	for len(names) < n {
		cs, err := b.gather(min(some, n-len(names)), some, []string{"draft/account-registration"})
		if err != nil {
			return nil, fmt.Errorf("connect to register: %w", err)
		}
		if agree(cs, "draft/account-registration") != nil {
			return nil, nil
		}
		registered := 0
		for _, c := range cs {
			c.take = func(c *client, data []byte) {
				c.eachLine(data, func(line []byte) {
					switch verb, rest := split(line); string(verb) {
					case "900":
						registered++
					case "FAIL":
						b.loop.lost = errors.New("no account: " + string(rest))
					}
				})
			}
			c.line("REGISTER * * secret-" + c.nick)
		}
		if err := b.loop.run(patience, func() bool { return registered == len(cs) }); err != nil {
			return nil, fmt.Errorf("%d of %d accounts: %w", len(names)+registered, n, err)
		}
		for _, c := range cs {
			names = append(names, c.nick)
		}
		if err := dismiss(b, cs); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// A storm is logins that begin at the same moment.
type storm struct {
	b             *bench
	names         []string
	start         time.Time
	begun         int
	done          sample // how long those took that succeeded
	busy, refused int
}

func (s *storm) answered() int { return len(s.done) + s.busy + s.refused }

// begin connects all, at the first call.
func (s *storm) begin(now time.Time) {
	if s.begun > 0 {
		return
	}
	s.start = now
	for _, name := range s.names {
		s.begun++
		c := &client{nick: name, take: s.hear, since: now, left: func(*client) {}}
		err := s.b.loop.open(c, func(c *client) {
			text := base64.StdEncoding.EncodeToString([]byte("\x00" + name + "\x00secret-" + name))
			c.send([]byte("CAP REQ sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE " + text + "\r\n"))
		})
		if err != nil {
			s.b.loop.lost = err
			return
		}
	}
}

func (s *storm) hear(c *client, data []byte) {
	c.eachLine(data, func(line []byte) {
		switch verb, rest := split(line); string(verb) {
		case "903":
			s.done = append(s.done, time.Since(c.since))
		case "904":
			if bytes.Contains(rest, []byte("Too many people")) {
				s.busy++
				return
			}
			s.refused++
		default:
			return
		}
		c.line("QUIT")
	})
}
