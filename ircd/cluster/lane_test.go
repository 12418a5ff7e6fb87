package cluster

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
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
	until(t, "they are linked", func() bool { return up(a) && up(b) })
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
	until(t, "both are told", func() bool { return lb.said("nothing has come") && la.said("it says: nothing has come") })
	a.losing.Store(false)
	until(t, "they are linked again", func() bool { return up(a) && up(b) })
}

// TestTail tests that it is noticed if the last that was sent is lost.
func TestTail(t *testing.T) {
	t.Parallel()
	a, b, _, lb := linked(t)
	a.losing.Store(true)
	a.Publish([]byte("lost"))
	time.Sleep(20 * time.Millisecond)
	a.losing.Store(false)
	until(t, "it is noticed", func() bool { return lb.said("is lost") })
	until(t, "they are linked again", func() bool { return up(a) && up(b) })
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
	until(t, "the link has ended", func() bool { return la.said("does not keep up") })
	close(lb.block)
	until(t, "they are linked again", func() bool { return up(a) && up(b) })
	before := lb.count()
	if before > (maxWindow+maxFrame)/len(data)+2 {
		t.Errorf("%d pieces were on their way", before)
	}
	a.Publish(data)
	until(t, "it goes on", func() bool { return lb.count() == before+1 })
}

// TestClockJump tests that servers whose clocks come to differ are not linked until they agree
// again.
func TestClockJump(t *testing.T) {
	t.Parallel()
	var jump atomic.Int64
	w := newWorld(t, "a.example", "b.example")
	la, lb := &listener{Recorder: linktest.NewRecorder("a")}, &listener{Recorder: linktest.NewRecorder("b")}
	a := w.start("a.example", Mode{State: Member, Group: "g"}, func(o *Options) { o.Self = la.Self() })
	b := w.start("b.example", Mode{State: Member, Group: "g"}, func(o *Options) {
		o.Self, o.Now = lb.Self(), func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
	}, "a.example")
	for s, l := range map[*server]link.Handler{a: la, b: lb} {
		if err := s.Serve(l); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "they are linked", func() bool { return up(a) && up(b) })
	jump.Store(int64(event.MaxSkew + time.Second))
	until(t, "it is noticed", func() bool { return la.said("clock") && lb.said("clock") && !up(a) && !up(b) })
	time.Sleep(2 * time.Second)
	if up(a) || up(b) {
		t.Error("they are linked again")
	}
	jump.Store(0)
	until(t, "they are linked again", func() bool { return up(a) && up(b) })
}

func FuzzFrame(f *testing.F) {
	a, b := pairOfSealers(f)
	f.Add(a.seal(&frame{lane: 1, kind: kindData, payload: appendPiece(nil, []byte("x"))}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if fr, err := b.open(data); err == nil {
			if again := a.seal(&fr); string(again) != string(data) {
				t.Errorf("%x reads as %x", data, again)
			}
		}
		for rest := data; len(rest) > 0; {
			_, after, err := nextPiece(rest)
			if err != nil {
				break
			}
			rest = after
		}
	})
}

func FuzzHello(f *testing.F) {
	w := newWorld(f, "a.example", "b.example")
	trust, err := NewTrust(w.pins(), "")
	if err != nil {
		f.Fatal(err)
	}
	node := func(name string) *Node {
		n := &Node{o: Options{Identity: w.ids[name], Now: time.Now}}
		n.self.Store(&link.Server{SID: "u" + name, Name: name, Boot: name})
		return n
	}
	a, b := node("a.example"), node("b.example")
	a.trust.Store(trust)
	h, _, err := b.greet("N")
	if err != nil {
		f.Fatal(err)
	}
	h.Card = Card{Server: *b.self.Load(), State: Alone}
	sealed, err := b.seal(h)
	if err != nil {
		f.Fatal(err)
	}
	sealed.Time = time.Now()
	good, err := sealed.encode()
	if err != nil {
		f.Fatal(err)
	}
	if _, _, err := a.read(good); err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, _, err := a.read(data); err == nil && got.Name != "b.example" {
			t.Errorf("%s reads as the hello of %s", data, got.Name)
		}
	})
}

func pairOfSealers(f testing.TB) (a, b *sealer) {
	f.Helper()
	n := &Node{o: Options{Identity: identity(f, "x.example")}}
	ha, ka, err := n.greet("A")
	if err != nil {
		f.Fatal(err)
	}
	hb, kb, err := n.greet("B")
	if err != nil {
		f.Fatal(err)
	}
	a, _, err = sealers(ka, hb.Key, "A", "B")
	if err != nil {
		f.Fatal(err)
	}
	_, b, err = sealers(kb, ha.Key, "B", "A")
	if err != nil {
		f.Fatal(err)
	}
	return a, b
}

// TestForged tests that a frame is taken only from the one that it is for.
func TestForged(t *testing.T) {
	t.Parallel()
	a, b := pairOfSealers(t)
	good := a.seal(&frame{lane: 1, kind: kindData, from: 1, to: 2, number: 3, payload: []byte("x")})
	if f, err := b.open(good); err != nil || f.number != 3 || string(f.payload) != "x" {
		t.Errorf("a good frame: %+v, %v", f, err)
	}
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 1
		if _, err := b.open(bad); err == nil {
			t.Errorf("a frame is good in which byte %d was changed", i)
		}
	}
	_, other := pairOfSealers(t)
	if _, err := other.open(good); err == nil {
		t.Error("a frame is good for another server")
	}
}
