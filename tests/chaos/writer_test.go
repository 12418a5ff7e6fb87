package chaos

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/wire"
)

const channel = "#chaos"

// A witness knows what clients were told: messages that were echoed to those who had said
// them, and accounts.
type witness struct {
	mu       sync.Mutex
	messages map[string]string // identifiers by text
	last     map[int]string    // the identifier of the last message, by writer
	doubled  []string          // texts that somebody heard twice
	accounts []string
	when     []time.Time     // each of the accounts was registered
	doubt    map[string]bool // accounts of which it was not told whether they are there
	refused  int             // registrations, for want of a majority
	replies  []string        // to the last registrations
}

func (w *witness) said(by int, text, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages[text] = id
	if w.last == nil {
		w.last = map[int]string{}
	}
	w.last[by] = id
}

func (w *witness) lastReplies() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.replies
}

func (w *witness) heardTwice(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doubled = append(w.doubled, text)
}

// lastSaid returns the last message of each writer that was echoed.
func (w *witness) lastSaid() (ids []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range w.last {
		ids = append(ids, id)
	}
	return ids
}

// registeredAfter returns how long after its end, or 0, an account was registered since a
// fault began to tell. What was on its way when it began does not count.
func (w *witness) registeredAfter(begun, ended time.Time) (took time.Duration, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, at := range w.when {
		if at.After(begun.Add(time.Second)) {
			return max(at.Sub(ended), 0), true
		}
	}
	return 0, false
}

// A writer is a client of one server that talks all the time, registers an account now
// and then, and connects again when it is disconnected.
type writer struct {
	w      *witness
	server *server
	number int
	serial int
	stop   chan struct{}
	done   chan struct{}
}

func (w *witness) hire(s *server, number int) *writer {
	p := &writer{w: w, server: s, number: number, stop: make(chan struct{}), done: make(chan struct{})}
	go p.run()
	return p
}

func (p *writer) fire() {
	close(p.stop)
	<-p.done
}

func (p *writer) run() {
	defer close(p.done)
	for {
		if conn, err := net.DialTimeout("tcp", p.server.listen, time.Second); err == nil {
			p.talk(conn)
			conn.Close()
		}
		select {
		case <-p.stop:
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// talk talks until the connection ends, or the writer is fired.
func (p *writer) talk(conn net.Conn) {
	p.serial++
	nick, heard := fmt.Sprintf("w%dx%d", p.number, p.serial), map[string]bool{}
	send := func(format string, args ...any) {
		_ = conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
		_, _ = fmt.Fprintf(conn, format+"\r\n", args...)
	}
	send("CAP REQ :message-tags echo-message batch standard-replies\r\nNICK %[1]s\r\nUSER %[1]s 0 * :%[1]s\r\nCAP END\r\nJOIN %[2]s", nick, channel)
	go func() {
		t := time.NewTicker(50 * time.Millisecond)
		defer t.Stop()
		for i := 0; ; i++ {
			select {
			case <-p.stop:
				conn.Close()
				return
			case <-p.done:
				return
			case <-t.C:
			}
			switch i {
			case 5: // a connection registers one account
				p.w.wonder(nick)
				send("REGISTER * * %s", password)
			case 40: // and makes room for another
				send("QUIT")
				return
			}
			send("PRIVMSG %s :%s says %d", channel, nick, i)
		}
	}()
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, 1<<16)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(15 * time.Second))
		if !lines.Scan() {
			return
		}
		m, err := wire.Parse(lines.Bytes())
		if err != nil {
			continue
		}
		switch {
		case m.Command == "PING":
			send("PONG %s", m.Params[0])
		case m.Command == "PRIVMSG" && strings.HasPrefix(m.Source, nick+"!"):
			p.w.said(p.number, m.Params[1], m.Tags.Get("msgid"))
		case m.Command == "PRIVMSG" && heard[m.Params[1]]:
			p.w.heardTwice(m.Params[1])
		case m.Command == "PRIVMSG":
			heard[m.Params[1]] = true
		case m.Command == "REGISTER", m.Command == "FAIL" && m.Params[0] == "REGISTER":
			p.w.registered(nick, m)
		}
	}
}

func (w *witness) wonder(account string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doubt[account] = true
}

func (w *witness) registered(account string, m wire.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replies = append(w.replies[max(0, len(w.replies)-4):], fmt.Sprint(time.Now().Format("15:04:05.0 "), account, " ", m.Command, " ", m.Params))
	switch {
	case m.Command == "REGISTER" && m.Params[0] == "SUCCESS":
		delete(w.doubt, account)
		w.accounts, w.when = append(w.accounts, account), append(w.when, time.Now())
	case m.Command == "FAIL" && m.Params[1] == "TEMPORARILY_UNAVAILABLE":
		w.refused++
	}
}
