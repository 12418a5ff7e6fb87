package cluster

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/link/linktest"
)

// A listener is a handler that can be slow, and remembers reasons.
type listener struct {
	*linktest.Recorder
	mu      sync.Mutex
	reasons []string
	got     int
	block   chan struct{}
}

func (l *listener) Down(sid, reason string, goodbye bool) {
	l.mu.Lock()
	l.reasons = append(l.reasons, reason)
	l.mu.Unlock()
	l.Recorder.Down(sid, reason, goodbye)
}

func (l *listener) Receive(sid string, data []byte) error {
	if l.block != nil {
		<-l.block
	}
	l.mu.Lock()
	l.got++
	l.mu.Unlock()
	return nil
}

func (l *listener) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.got
}

func (l *listener) said(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.reasons, func(r string) bool { return strings.Contains(r, text) })
}

// linked returns two servers that are linked.
func linked(t *testing.T) (a, b *server, la, lb *listener) {
	t.Helper()
	w := newWorld(t, "a.example", "b.example")
	la, lb = &listener{Recorder: linktest.NewRecorder("a")}, &listener{Recorder: linktest.NewRecorder("b")}
	a = w.start("a.example", Mode{State: Member, Group: "g"}, func(o *Options) { o.Self = la.Self() })
	b = w.start("b.example", Mode{State: Member, Group: "g"}, func(o *Options) { o.Self = lb.Self() }, "a.example")
	for s, l := range map[*server]link.Handler{a: la, b: lb} {
		if err := s.Serve(l); err != nil {
			t.Fatal(err)
		}
	}
	clustertest.Until(t, "they are linked", func() bool { return up(a) && up(b) })
	return a, b, la, lb
}

func up(s *server) bool {
	p := s.Peers()
	return len(p) == 1 && p[0].Up
}

// TestOneWay tests that a loss in one direction ends the link on both sides.
func TestOneWay(t *testing.T) {
	t.Parallel()
	a, b, la, lb := linked(t)
	a.losing.Store(true)
	clustertest.Until(t, "both are told", func() bool { return lb.said("nothing has come") && la.said("it says: nothing has come") })
	a.losing.Store(false)
	clustertest.Until(t, "they are linked again", func() bool { return up(a) && up(b) })
}

// TestTail tests that it is noticed if the last that was sent is lost.
func TestTail(t *testing.T) {
	t.Parallel()
	a, b, _, lb := linked(t)
	a.losing.Store(true)
	a.Publish([]byte("lost"))
	time.Sleep(20 * time.Millisecond)
	a.losing.Store(false)
	clustertest.Until(t, "it is noticed", func() bool { return lb.said("is lost") })
	clustertest.Until(t, "they are linked again", func() bool { return up(a) && up(b) })
}

// TestSlow tests that a server that does not keep up costs bounded memory, and then the link
// to it.
func TestSlow(t *testing.T) {
	t.Parallel()
	a, b, la, lb := linked(t)
	lb.block = make(chan struct{})
	data := make([]byte, 100<<10)
	for i := range 2 * maxQueue / len(data) {
		if a.Publish(data); i%100 == 0 && !up(a) {
			break
		}
	}
	clustertest.Until(t, "the link has ended", func() bool { return la.said("does not keep up") })
	close(lb.block)
	clustertest.Until(t, "they are linked again", func() bool { return up(a) && up(b) })
	before := lb.count()
	if before > (maxWindow+maxFrame)/len(data)+2 {
		t.Errorf("%d pieces were on their way", before)
	}
	a.Publish(data)
	clustertest.Until(t, "it goes on", func() bool { return lb.count() == before+1 })
}
