package main

import (
	"bufio"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A talker says numbers in a channel, and hears what the others say.
type talker struct {
	net.Conn
	nick  string
	heard map[string]int // the last number of each, by nick
	err   error
}

// talk says one number after the other until stop is closed, then says that it is the end,
// and hears that of all others.
func (c *talker) talk(stop chan struct{}, others int, said *atomic.Int64) {
	go func() {
		for n := 1; ; n++ {
			select {
			case <-stop:
				fmt.Fprintf(c, "PRIVMSG #tea :end\r\n")
				return
			case <-time.After(5 * time.Millisecond):
				fmt.Fprintf(c, "PRIVMSG #tea :%d\r\n", n)
				said.Add(1)
			}
		}
	}()
	in, ended := bufio.NewScanner(c), 0
	for ended < others && in.Scan() {
		m := regexp.MustCompile(`^:(\w+)!\S+ PRIVMSG #tea :?(\w+)$`).FindStringSubmatch(in.Text())
		switch {
		case strings.HasPrefix(in.Text(), "PING"):
			fmt.Fprintf(c, "PONG x\r\n")
		case m == nil:
		case m[2] == "end":
			ended++
		default:
			n, _ := strconv.Atoi(m[2])
			if n != c.heard[m[1]]+1 {
				c.err = fmt.Errorf("%s hears %d of %s after %d", c.nick, n, m[1], c.heard[m[1]])
			}
			c.heard[m[1]] = n
		}
	}
	if ended < others {
		c.err = fmt.Errorf("%s is disconnected: %v, %s", c.nick, in.Err(), in.Text())
	}
}

// talkers are people in a channel who talk until they are told to end.
type talkers struct {
	all  []*talker
	stop chan struct{}
	said atomic.Int64
	wait sync.WaitGroup
}

// gather lets so many people talk in a channel.
func gather(t *testing.T, address string, count int) *talkers {
	t.Helper()
	p := &talkers{stop: make(chan struct{})}
	for i := range count {
		nick := fmt.Sprintf("talker%d", i)
		c := connect(t, address, nick)
		c.conn.SetDeadline(time.Time{})
		c.send("JOIN #tea")
		c.wait(" 366 ")
		p.all = append(p.all, &talker{Conn: c.conn, nick: nick, heard: map[string]int{}})
	}
	for _, c := range p.all {
		p.wait.Go(func() { c.talk(p.stop, count-1, &p.said) })
	}
	return p
}

// end waits until all have heard all, and returns how much was said.
func (p *talkers) end() int64 {
	close(p.stop)
	p.wait.Wait()
	return p.said.Load()
}
