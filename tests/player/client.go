package player

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/parley-irc/parley/ircd/caps"
)

// A client is one connection of a conversation.
type client struct {
	name string
	conn net.Conn
	// raw means that it does not even answer PING by itself.
	raw bool

	mu     sync.Mutex
	cond   sync.Cond // something was heard
	heard  []message
	closed bool   // by the server
	fault  error  // what no server may send
	pong   string // the last token that came back, see process
	reader Reader // what it may be sent; nobody knows of a device
	asked  map[string]bool
}

func newClient(name string, conn net.Conn, raw bool) *client {
	c := &client{name: name, conn: conn, raw: raw, asked: map[string]bool{}}
	c.cond.L = &c.mu
	c.reader.Asked = func(command string) bool { return c.asked[command] }
	go c.read()
	return c
}

func (c *client) read() {
	for r := bufio.NewReader(c.conn); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			break
		}
		c.hear(line)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.cond.Broadcast()
}

func (c *client) hear(line string) {
	err := check(line)
	m, _ := parse(strings.TrimRight(line, "\r\n"))
	if m.command == "PING" && !c.raw {
		go c.send("PONG " + strings.Join(m.params, " "))
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.cond.Broadcast()
	if m.command == "PONG" && len(m.params) == 2 && strings.HasPrefix(m.params[1], settleToken) {
		c.pong = m.params[1]
		return
	}
	if err == nil && c.reader.Asked != nil {
		err = c.leak(m)
	}
	c.heard = append(c.heard, m)
	if err != nil && c.fault == nil {
		c.fault = fmt.Errorf("%s: %w\n\t%s", c.name, err, m.raw)
	}
}

// leak is an error if the client is sent what it has not asked for.
func (c *client) leak(m message) error {
	if c.reader.notice(m); m.command == "CAP" {
		return nil
	}
	if what := c.reader.Leak(m.raw); what != "" {
		return fmt.Errorf("it has not asked for %s", what)
	}
	return nil
}

func (c *client) send(line string) {
	c.mu.Lock()
	for one := range strings.SplitSeq(line, "\r\n") {
		if m, err := parse(one); err == nil && c.asked != nil {
			c.asked[strings.ToUpper(m.command)] = true
			if m.command == "CAP" && len(m.params) > 1 && m.params[1] >= "302" && m.params[0] == "LS" {
				c.reader.Caps = c.reader.Caps.With(caps.CapNotify)
			}
		}
	}
	c.mu.Unlock()
	_, _ = c.conn.Write([]byte(line + "\r\n"))
}

// next returns the next message heard.
func (c *client) next() (m message, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.heard) == 0 {
		return m, false
	}
	m, c.heard = c.heard[0], c.heard[1:]
	return m, true
}

// peek returns what next will.
func (c *client) peek() (m message, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.heard) == 0 {
		return m, false
	}
	return c.heard[0], true
}

// take returns all that was heard.
func (c *client) take() []message {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.heard
	c.heard = nil
	return all
}

// state returns whether the server has closed the connection, and what it has
// sent that no server may.
func (c *client) state() (closed bool, fault error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed, c.fault
}
