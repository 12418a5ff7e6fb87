package cluster

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
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

// wallClock returns a clock that jumps by what the second value has.
func wallClock() (*Clock, *atomic.Int64) {
	jump := new(atomic.Int64)
	return NewClock(func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }), jump
}

// TestClockJump tests that a server whose wall clock jumps goes on with the time of the
// others, and follows it when theirs jump as well.
func TestClockJump(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a.example", "b.example", "c.example")
	var all []*server
	var jumps []*atomic.Int64
	for i, name := range w.names {
		clock, jump := wallClock()
		jumps = append(jumps, jump)
		l := &listener{Recorder: linktest.NewRecorder(name[:1])}
		s := w.start(name, Mode{State: Member, Group: "g"}, func(o *Options) { o.Self, o.Clock = l.Self(), clock }, w.names[:i]...)
		if err := s.Serve(l); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	linked := func() bool {
		for _, s := range all {
			for _, p := range s.Peers() {
				if !p.Up {
					return false
				}
			}
			if len(s.Peers()) < 2 {
				return false
			}
		}
		return true
	}
	off := func(s *server) time.Duration { return time.Until(s.o.Clock.Now().Round(0)).Abs() }
	clustertest.Until(t, "they are linked, and know each other's clocks", func() bool { return linked() && clocks(all) })
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		jumps[0].Store(int64(by))
		clustertest.Until(t, "it is noticed", all[0].o.Clock.apart.Load)
		if off(all[0]) > time.Second || !linked() {
			t.Errorf("after a jump of %v the time is off by %v; linked: %v", by, off(all[0]), linked())
		}
		jumps[0].Store(0)
		clustertest.Until(t, "it is right again", func() bool { return !all[0].o.Clock.apart.Load() })
	}
	if !all[0].log.has("the clock of this machine is wrong") || !all[0].log.has("is right again") {
		t.Error("it is not logged")
	}
	if !linked() || all[1].log.has("clock") || all[2].log.has("clock") {
		t.Error("the others were disturbed")
	}
	for _, jump := range jumps {
		jump.Store(int64(time.Hour))
	}
	for _, s := range all {
		clustertest.Until(t, "all have jumped", func() bool { return off(s) > 59*time.Minute })
	}
	clustertest.Until(t, "they are linked", linked)
}

// clocks reports whether all servers know the wall clocks of all others.
func clocks(all []*server) bool {
	for _, s := range all {
		known := 0
		s.mu.Lock()
		for _, p := range s.met {
			if _, ok := p.lanes[servicesLane].wall(); ok {
				known++
			}
		}
		s.mu.Unlock()
		if known < len(all)-1 {
			return false
		}
	}
	return true
}

// TestClockApart tests that servers whose times come to differ, because one was out of reach
// when its clock jumped, are not linked until they agree.
func TestClockApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a.example", "b.example")
	var jump atomic.Int64
	jump.Store(int64(event.MaxSkew + time.Second))
	clock := NewClock(func() time.Time { return time.Now().Add(time.Duration(jump.Load())) })
	a := w.start("a.example", Mode{State: Member, Group: "g"}, nil)
	b := w.start("b.example", Mode{State: Member, Group: "g"}, func(o *Options) { o.Clock = clock }, "a.example")
	for _, s := range []*server{a, b} {
		clustertest.Until(t, "it is refused", func() bool { return s.log.has("clock of") })
	}
	jump.Store(0) // followed when nobody has contradicted for a while
	clustertest.Until(t, "they meet", func() bool { return len(a.Met()) == 1 && len(b.Met()) == 1 })
}

// TestClock tests whom a clock follows, at once and after a while.
func TestClock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		jump          time.Duration
		others        []time.Duration
		first, second clockChange
	}{
		{500 * time.Millisecond, nil, clockFollows, clockFollows},
		{-500 * time.Millisecond, []time.Duration{0, 0}, clockFollows, clockFollows},
		{time.Hour, nil, clockFollows, clockJumped},
		{time.Hour, []time.Duration{0}, clockApart, clockApart},
		{-time.Hour, []time.Duration{time.Second, 0}, clockApart, clockApart},
		{time.Hour, []time.Duration{time.Hour, 0}, clockFollows, clockJumped},
		{-time.Hour, []time.Duration{-time.Hour, -time.Hour, 0}, clockJumped, clockFollows},
		{time.Hour, []time.Duration{-time.Hour, 0}, clockApart, clockApart},
	} {
		c, jump := wallClock()
		jump.Store(int64(tt.jump))
		first, _ := c.follow(tt.others)
		if !c.doubt.IsZero() {
			c.doubt = c.doubt.Add(-undecided)
		}
		second, _ := c.follow(tt.others)
		moved := time.Until(c.Now().Round(0)).Abs() > tt.jump.Abs()/2
		if first != tt.first || second != tt.second || moved != (second != clockApart) {
			t.Errorf("jump %v, others %v: %v, then %v, moved %v", tt.jump, tt.others, first, second, moved)
		}
	}
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
		n := &Node{o: Options{Identity: w.ids[name], Clock: NewClock(time.Now)}}
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
