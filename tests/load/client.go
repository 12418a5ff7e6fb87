//go:build linux

package main

import (
	"bytes"
	"strings"
	"syscall"
	"time"
)

// A client is one plaintext connection of a loop.
type client struct {
	l     *loop
	fd    int // -1 once closed
	index int32
	nick  string

	take     func(*client, []byte) // what arrives, in pieces
	opened   func(*client)         // waits for the connection
	left     func(*client)         // set when an end of the connection is expected
	pending  []byte                // what the socket did not accept yet
	partial  []byte                // the beginning of a line, in talk
	recvBuf  int                   // SO_RCVBUF; 0: the system's
	farewell string                // the server's ERROR, if it sent one

	since   time.Time     // when connecting began
	welcome time.Duration // until 001
	wanted  []string      // capabilities to ask for
	agreed  []string      // those the server has
	heard   tally         // in talk
	lines   int           // in a room: lines heard
	next    int           // in a room: at how many lines the next lap is done
	lap     int           // in a room: laps done
}

// A tally counts what a client heard since the scenario last cleared it.
type tally struct {
	end, names, pong   int // 376 or 422, 366, PONG
	join, nick, part   int
	quit, speech, oops int // oops: ERROR or a refusal
}

// send writes data, or as much as the socket takes, the rest when it can.
func (c *client) send(data []byte) {
	if c.fd < 0 || len(data) == 0 {
		return
	}
	if len(c.pending) > 0 {
		c.pending = append(c.pending, data...)
		return
	}
	n, err := syscall.Write(c.fd, data)
	if err != nil && err != syscall.EAGAIN && err != syscall.EINTR {
		c.l.gone(c, err)
		return
	}
	if rest := data[max(n, 0):]; len(rest) > 0 {
		c.pending = append(c.pending, rest...)
		c.wait(true)
	}
}

func (c *client) line(s string) { c.send([]byte(s + "\r\n")) }

// wait says whether the loop is to tell when the socket takes more.
func (c *client) wait(writable bool) {
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: c.index}
	if writable {
		ev.Events |= syscall.EPOLLOUT
	}
	_ = syscall.EpollCtl(c.l.epoll, syscall.EPOLL_CTL_MOD, c.fd, &ev)
}

// deaf stops reading for good; what the server sends stays where it is.
func (c *client) deaf() {
	_ = syscall.EpollCtl(c.l.epoll, syscall.EPOLL_CTL_DEL, c.fd, nil)
}

// talk is a take that reads lines, tallies them and answers what must be answered.
func talk(c *client, data []byte) { c.eachLine(data, c.hear) }

// eachLine calls hear for every line that is whole, and keeps the rest.
func (c *client) eachLine(data []byte, hear func(line []byte)) {
	if len(c.partial) > 0 {
		data = append(c.partial, data...)
		c.partial = nil
	}
	for {
		i := bytes.IndexByte(data, '\n')
		if i < 0 || c.fd < 0 {
			break
		}
		hear(data[:i])
		data = data[i+1:]
	}
	if len(data) > 0 {
		c.partial = append([]byte(nil), data...)
	}
}

func (c *client) hear(line []byte) {
	verb, rest := split(line)
	switch string(verb) {
	case "JOIN":
		c.heard.join++
	case "NICK":
		c.heard.nick++
	case "PART":
		c.heard.part++
	case "QUIT":
		c.heard.quit++
	case "PRIVMSG":
		c.heard.speech++
	case "PING":
		c.send(append(append([]byte("PONG "), bytes.TrimRight(rest, "\r")...), "\r\n"...))
	case "PONG":
		c.heard.pong++
	case "001":
		c.welcome = time.Since(c.since)
	case "366":
		c.heard.names++
	case "376", "422":
		c.heard.end++
	case "CAP":
		c.negotiate(string(rest))
	case "ERROR", "433", "437", "471", "473", "474", "475", "405", "439", "263":
		c.heard.oops++
		c.farewell = string(bytes.TrimSpace(line))
	}
}

// negotiate asks for those wanted capabilities that the server has.
func (c *client) negotiate(rest string) {
	f := strings.SplitN(strings.TrimSpace(rest), " ", 3)
	if len(f) < 3 {
		return
	}
	switch f[1] {
	case "LS":
		names, more := strings.CutPrefix(f[2], "* ")
		for offer := range strings.FieldsSeq(strings.TrimPrefix(names, ":")) {
			name, _, _ := strings.Cut(offer, "=")
			for _, w := range c.wanted {
				if w == name {
					c.agreed = append(c.agreed, name)
				}
			}
		}
		switch {
		case more:
		case len(c.agreed) > 0:
			c.line("CAP REQ :" + strings.Join(c.agreed, " "))
		default:
			c.line("CAP END")
		}
	case "NAK":
		c.agreed = nil
		c.line("CAP END")
	case "ACK":
		c.line("CAP END")
	}
}

// split finds the command of a line and what follows it.
func split(line []byte) (verb, rest []byte) {
	if len(line) > 0 && line[0] == '@' {
		line = after(line)
	}
	if len(line) > 0 && line[0] == ':' {
		line = after(line)
	}
	line = bytes.TrimRight(line, "\r")
	if i := bytes.IndexByte(line, ' '); i >= 0 {
		return line[:i], line[i+1:]
	}
	return line, nil
}

func after(line []byte) []byte {
	i := bytes.IndexByte(line, ' ')
	if i < 0 {
		return nil
	}
	return line[i+1:]
}
