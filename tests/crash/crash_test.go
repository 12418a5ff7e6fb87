package crash

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	writers = 3
	ahead   = 16 // how many messages a writer sends before they are echoed
	redacts = 25 // every this many messages, one is deleted
)

var channels = []string{"#tea", "#cake"}

// TestKill kills the server while users talk.
// https://ircv3.net/specs/extensions/echo-message
func TestKill(t *testing.T) { talkAndEnd(t, syscall.SIGKILL, *kills) }

// TestTerminate stops the server while users talk.
func TestTerminate(t *testing.T) { talkAndEnd(t, syscall.SIGTERM, *stops) }

// talkAndEnd tests that every message which was echoed to its sender is in the
// history when the server runs again, once and in order, and that no message is which
// the sender was told is deleted.
func talkAndEnd(t *testing.T, sig syscall.Signal, times int) {
	s := newServer(t)
	l := newLedger()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	for round := range times {
		s.start()
		var all []*client
		for i := range writers {
			all = append(all, s.connect(t, nickOf(i), round == 0))
		}
		l.check(t, all, round, false)
		var talks sync.WaitGroup
		for i := range all {
			talks.Go(func() { l.talk(all[i], i) })
		}
		time.Sleep(time.Duration(20+chance.IntN(200)) * time.Millisecond)
		s.end(sig)
		talks.Wait()
		closeAll(all)
	}
	s.start()
	var all []*client
	for i := range writers {
		all = append(all, s.connect(t, nickOf(i), false))
	}
	l.check(t, all, times, false)
	l.check(t, all, times, true)
	closeAll(all)
	t.Logf("%d messages were echoed, and %d deleted, by a server that ended %d times", l.count, len(l.deleted), times)
	if l.count < times*writers {
		t.Errorf("only %d messages were said", l.count)
	}
}

func closeAll(all []*client) {
	for _, c := range all {
		c.Close()
	}
}

func nickOf(i int) string { return fmt.Sprintf("writer%d", i) }

func cut(source string) (nick, rest string, ok bool) { return strings.Cut(source, "!") }

// A ledger is what writers know to have been said, by channel or conversation.
type ledger struct {
	mu      sync.Mutex
	said    map[string][]message // since the last check, in the order of each writer's echoes
	all     map[string][]message
	last    map[string]string // the last message of the last check
	asked   map[string]bool   // to be deleted
	deleted map[string]bool   // and it was
	seq     [writers]int
	count   int
}

func newLedger() *ledger {
	return &ledger{
		said: map[string][]message{}, all: map[string][]message{}, last: map[string]string{},
		asked: map[string]bool{}, deleted: map[string]bool{},
	}
}

// place returns to whom writer i says message n, and the name of that in the ledger.
func place(i, n int) (target, name string) {
	if k := n % (len(channels) + 1); k < len(channels) {
		return channels[k], channels[k]
	}
	next := (i + 1) % writers
	return nickOf(next), conversation(i, next)
}

func conversation(i, j int) string { return fmt.Sprintf("%d-%d", min(i, j), max(i, j)) }

// talk says messages, some of which it deletes, until the connection ends.
func (l *ledger) talk(c *client, i int) {
	say := func() {
		l.seq[i]++ // only this writer's goroutine uses it
		target, _ := place(i, l.seq[i])
		c.send("PRIVMSG %s :%d", target, l.seq[i])
	}
	for range ahead {
		say()
	}
	for {
		m, err := c.next()
		if err != nil {
			return
		}
		if nick, _, _ := cut(m.Source); nick != c.nick {
			continue
		}
		switch m.Command {
		case "PRIVMSG":
			id := m.Tags.Get("msgid")
			if l.echoed(i, id, m.Params[1]) {
				c.send("REDACT %s %s", m.Params[0], id)
			}
			say()
		case "REDACT":
			l.mu.Lock()
			l.deleted[m.Params[1]] = true
			l.mu.Unlock()
		}
	}
}

// echoed notes a message, and reports whether it is to be deleted.
func (l *ledger) echoed(i int, id, text string) bool {
	var n int
	_, _ = fmt.Sscan(text, &n)
	_, name := place(i, n)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said[name] = append(l.said[name], message{id, nickOf(i), text})
	if l.count++; l.count%redacts == 0 {
		l.asked[id] = true
	}
	return l.asked[id]
}

// check compares the history with what was said since the last check, or ever.
func (l *ledger) check(t *testing.T, all []*client, round int, whole bool) {
	t.Helper()
	for _, name := range channels {
		l.compare(t, all[round%writers], name, name, whole)
	}
	for i := range writers {
		next := (i + 1) % writers
		l.compare(t, all[i], nickOf(next), conversation(i, next), whole)
	}
	if t.Failed() {
		t.FailNow()
	}
}

func (l *ledger) compare(t *testing.T, c *client, target, name string, whole bool) {
	t.Helper()
	after, want := l.last[name], l.said[name]
	if whole {
		after, want = "", l.all[name]
	}
	got := c.history(t, target, after)
	places, texts, seq := map[string]int{}, map[string]bool{}, map[string]int{}
	for i, m := range got {
		var n int
		_, _ = fmt.Sscan(m.text, &n)
		if _, twice := places[m.id]; twice || texts[m.nick+m.text] {
			t.Errorf("%s: %q of %s is there twice", name, m.text, m.nick)
		}
		if n <= seq[m.nick] {
			t.Errorf("%s: %s said %d before %d", name, m.nick, n, seq[m.nick])
		}
		if l.deleted[m.id] {
			t.Errorf("%s: %q of %s was deleted, and is back", name, m.text, m.nick)
		}
		places[m.id], texts[m.nick+m.text], seq[m.nick] = i, true, n
	}
	for _, m := range want {
		i, there := places[m.id]
		switch {
		case there && got[i] != m:
			t.Errorf("%s: %v has become %v", name, m, got[i])
		case !there && !l.asked[m.id]:
			t.Errorf("%s: %q of %s was echoed, and is lost", name, m.text, m.nick)
		}
	}
	if !whole {
		l.all[name] = append(l.all[name], want...)
		l.said[name] = nil
		if len(got) > 0 {
			l.last[name] = got[len(got)-1].id
		}
	}
}
