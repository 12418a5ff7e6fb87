package player

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
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
}

func newClient(name string, conn net.Conn, raw bool) *client {
	c := &client{name: name, conn: conn, raw: raw}
	c.cond.L = &c.mu
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
	c.heard = append(c.heard, m)
	if err != nil && c.fault == nil {
		c.fault = fmt.Errorf("%s: %w\n\t%s", c.name, err, m.raw)
	}
}

func (c *client) send(line string) { _, _ = c.conn.Write([]byte(line + "\r\n")) }

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
