package chaos

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/wire"
)

// A client is the connection of a user. What it hears is collected all the time.
type client struct {
	*testing.T
	net.Conn
	nick string
	at   *server

	mu    sync.Mutex
	heard []wire.Message
	when  []time.Time
	gone  bool
}

const password = "secret-tea"

// connect connects a user. With an account, it logs in to the one of its nick.
func (s *server) connect(nick string, account bool) *client {
	s.Helper()
	c, err := s.dial(nick)
	if err != nil {
		s.Fatal(err)
	}
	if err := c.register(account); err != nil {
		s.Fatalf("%s at %s: %v", nick, s.name, err)
	}
	return c
}

func (s *server) dial(nick string) (*client, error) {
	conn, err := net.DialTimeout("tcp", s.listen, 5*time.Second)
	if err != nil {
		return nil, err
	}
	c := &client{T: s.T, Conn: conn, nick: nick, at: s}
	s.Cleanup(func() { conn.Close() })
	go c.listen()
	return c, nil
}

func (c *client) register(account bool) error {
	c.send("CAP REQ :sasl batch message-tags server-time echo-message draft/chathistory no-implicit-names standard-replies")
	if account {
		c.send("AUTHENTICATE PLAIN")
		c.send("AUTHENTICATE %s", base64.StdEncoding.EncodeToString([]byte("\x00"+c.nick+"\x00"+password)))
		if m := c.expect("903", "904"); m.Command != "903" {
			return fmt.Errorf("cannot log in: %v", m)
		}
	}
	c.send("NICK %s", c.nick)
	c.send("USER %s 0 * :%s", c.nick, c.nick)
	c.send("CAP END")
	if m := c.expect("001"); m.Command != "001" {
		return fmt.Errorf("is not welcome")
	}
	return nil
}

// listen collects what is heard.
func (c *client) listen() {
	lines := bufio.NewScanner(c.Conn)
	lines.Buffer(nil, 1<<16)
	for lines.Scan() {
		m, err := wire.Parse(lines.Bytes())
		if err != nil {
			continue
		}
		if m.Command == "PING" {
			c.send("PONG %s", m.Params[0])
			continue
		}
		c.mu.Lock()
		c.heard = append(c.heard, m)
		c.when = append(c.when, time.Now())
		c.mu.Unlock()
	}
	c.mu.Lock()
	c.gone = true
	c.mu.Unlock()
}

func (c *client) send(format string, args ...any) {
	_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_, _ = fmt.Fprintf(c.Conn, format+"\r\n", args...) // who cannot write finds out by reading
}

// find returns the first message that has been heard and fits.
func (c *client) find(fits func(wire.Message) bool) (m wire.Message, at time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, m := range c.heard {
		if fits(m) {
			return m, c.when[i], true
		}
	}
	return wire.Message{}, time.Time{}, false
}

// expect waits for one of these commands. Of a connection that ends it returns nothing.
func (c *client) expect(commands ...string) wire.Message {
	c.Helper()
	var found wire.Message
	until(c.T, fmt.Sprintf("%s hears %v", c.nick, commands), func() bool {
		m, _, ok := c.find(func(m wire.Message) bool {
			for _, command := range commands {
				if m.Command == command {
					return true
				}
			}
			return false
		})
		found = m
		c.mu.Lock()
		defer c.mu.Unlock()
		return ok || c.gone
	})
	return found
}

// forget forgets what has been heard.
func (c *client) forget() {
	c.mu.Lock()
	c.heard, c.when = nil, nil
	c.mu.Unlock()
}

// said reports whether a text was said to the client, or by it, and when.
func (c *client) said(text string) (at time.Time, ok bool) {
	_, at, ok = c.find(func(m wire.Message) bool {
		return (m.Command == "PRIVMSG" || m.Command == "NOTICE") && len(m.Params) > 1 && m.Params[1] == text
	})
	return at, ok
}

// hears waits until a text was said.
func (c *client) hears(text string) time.Time {
	c.Helper()
	var at time.Time
	until(c.T, fmt.Sprintf("%s at %s hears %q", c.nick, c.at.name, text), func() (ok bool) {
		at, ok = c.said(text)
		return ok
	})
	return at
}

func (c *client) join(channel string) {
	c.Helper()
	c.send("JOIN %s", channel)
	until(c.T, c.nick+" is in "+channel, func() bool {
		_, _, ok := c.find(func(m wire.Message) bool {
			return m.Command == "JOIN" && strings.HasPrefix(m.Source, c.nick+"!") && m.Params[0] == channel
		})
		return ok
	})
}

// registerAccount registers an account; it returns "" or why that cannot be done now.
func (c *client) registerAccount() string {
	c.Helper()
	c.forget()
	c.send("REGISTER * * %s", password)
	var reply wire.Message
	until(c.T, c.nick+" hears what became of the account", func() bool {
		m, _, ok := c.find(func(m wire.Message) bool {
			return (m.Command == "REGISTER" || m.Command == "FAIL") && len(m.Params) > 1
		})
		reply = m
		return ok
	})
	if reply.Command == "FAIL" {
		return reply.Params[1]
	}
	return ""
}

// history returns what is kept of a target: identifiers and texts in order.
func (c *client) history(target string) (all []string) {
	c.Helper()
	point := "timestamp=1970-01-01T00:00:00.000Z"
	for {
		c.forget()
		c.send("CHATHISTORY AFTER %s %s 1000", target, point)
		c.send("PING history")
		c.expect("PONG")
		c.mu.Lock()
		n := 0
		for _, m := range c.heard {
			if m.Command == "PRIVMSG" && m.Tags.Get("batch") != "" {
				all = append(all, m.Tags.Get("msgid")+" "+m.Source+" "+m.Params[1])
				point = "msgid=" + m.Tags.Get("msgid")
				n++
			}
		}
		c.mu.Unlock()
		if n < 1000 {
			return all
		}
	}
}

// holds reports whether a message is kept of a target.
func (c *client) holds(target, id string) bool {
	c.Helper()
	c.forget()
	c.send("CHATHISTORY AROUND %s msgid=%s 1", target, id)
	c.send("PING holds")
	c.expect("PONG")
	_, _, ok := c.find(func(m wire.Message) bool { return m.Tags.Get("msgid") == id })
	return ok
}

// names returns who is in a channel, in order.
func (c *client) names(channel string) (all []string) {
	c.Helper()
	c.forget()
	c.send("NAMES %s", channel)
	c.expect("366")
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.heard {
		if m.Command == "353" {
			all = append(all, strings.Fields(m.Params[3])...)
		}
	}
	slices.Sort(all)
	return all
}

func (c *client) joined(channel string) *client {
	c.Helper()
	c.join(channel)
	return c
}

func (c *client) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone
}

// oper makes the client an operator who is told of links.
func (c *client) oper() *client {
	c.Helper()
	c.send("OPER root %s", password)
	c.expect("381")
	c.send("MODE %s +s l", c.nick)
	until(c.T, c.nick+" is told of links", func() bool {
		_, _, ok := c.find(func(m wire.Message) bool {
			return m.Command == "MODE" && len(m.Params) > 1 && strings.Contains(m.Params[1], "s")
		})
		return ok
	})
	return c
}

// told waits until an operator is told something.
func (c *client) told(text string) {
	c.Helper()
	until(c.T, fmt.Sprintf("%s at %s is told %q", c.nick, c.at.name, text), func() bool {
		_, _, ok := c.find(func(m wire.Message) bool {
			return m.Command == "NOTICE" && strings.HasPrefix(m.Params[1], "*** ") && strings.Contains(m.Params[1], text)
		})
		return ok
	})
}
