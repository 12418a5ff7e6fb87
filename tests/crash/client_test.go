package crash

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/wire"
)

// A client is the connection of a user with an account.
type client struct {
	net.Conn
	nick  string
	lines *bufio.Scanner
}

const password = "secret-tea"

// connect connects a user, whose account it registers the first time.
func (s *server) connect(t *testing.T, nick string, first bool) *client {
	t.Helper()
	conn, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(conn, nick)
	c.send("CAP REQ :sasl batch message-tags server-time echo-message draft/chathistory draft/message-redaction no-implicit-names")
	if !first {
		c.send("AUTHENTICATE PLAIN")
		c.send("AUTHENTICATE %s", base64.StdEncoding.EncodeToString([]byte("\x00"+nick+"\x00"+password)))
		c.await(t, "903")
	}
	c.send("NICK %s", nick)
	c.send("USER %s 0 * :%s", nick, nick)
	c.send("CAP END")
	c.await(t, "001")
	if first {
		c.send("REGISTER * * %s", password)
		c.await(t, "900")
	}
	for _, name := range channels {
		c.send("JOIN %s", name)
	}
	c.send("PING joined")
	c.await(t, "PONG")
	return c
}

func newClient(conn net.Conn, nick string) *client {
	c := &client{Conn: conn, nick: nick, lines: bufio.NewScanner(conn)}
	c.lines.Buffer(nil, 1<<16)
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	return c
}

func (c *client) send(format string, args ...any) {
	_, _ = fmt.Fprintf(c, format+"\r\n", args...) // who cannot write finds out by reading
}

var errGone = errors.New("the connection has ended")

func (c *client) next() (wire.Message, error) {
	for c.lines.Scan() {
		m, err := wire.Parse(c.lines.Bytes())
		if err != nil {
			return m, err
		}
		if m.Command == "PING" {
			c.send("PONG %s", m.Params[0])
			continue
		}
		return m, nil
	}
	return wire.Message{}, errGone
}

// await reads until there is a command, and returns it.
func (c *client) await(t *testing.T, command string) wire.Message {
	t.Helper()
	for {
		m, err := c.next()
		if err != nil {
			t.Fatalf("%s waits for %s: %v", c.nick, command, err)
		}
		if m.Command == command {
			return m
		}
	}
}

// hears reads until there is a notice of the server with a text.
func (c *client) hears(t *testing.T, text string) {
	t.Helper()
	for {
		if m := c.await(t, "NOTICE"); strings.Contains(m.Params[len(m.Params)-1], text) {
			return
		}
	}
}

// A message is what somebody has said.
type message struct{ id, nick, text string }

// history returns what was said in a channel or conversation after a message, or all
// of it.
func (c *client) history(t *testing.T, target, after string) (all []message) {
	t.Helper()
	point := "timestamp=1970-01-01T00:00:00.000Z"
	if after != "" {
		point = "msgid=" + after
	}
	for {
		c.send("CHATHISTORY AFTER %s %s 1000", target, point)
		begin := c.await(t, "BATCH")
		_, end := begin.Tags.Has("draft/chathistory-end")
		for {
			m, err := c.next()
			if err != nil {
				t.Fatal(err)
			}
			if m.Command == "BATCH" {
				break
			}
			if m.Command == "PRIVMSG" && m.Tags.Get("batch") == begin.Params[0][1:] {
				nick, _, _ := cut(m.Source)
				all = append(all, message{m.Tags.Get("msgid"), nick, m.Params[1]})
			}
		}
		if end {
			return all
		}
		point = "msgid=" + all[len(all)-1].id
	}
}
