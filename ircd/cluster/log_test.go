package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
)

var errSome = errors.New("there is something")

// A follower collects what a server reads of the log.
type follower struct {
	mu      sync.Mutex
	entries []string
	err     error
}

func follow(t *testing.T, s *server, after uint64) *follower {
	f := &follower{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := s.Follow(ctx, after, func(number uint64, data []byte) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.entries = append(f.entries, fmt.Sprint(number, " ", string(data)))
			return nil
		}, func() {})
		f.mu.Lock()
		f.err = err
		f.mu.Unlock()
	}()
	t.Cleanup(func() { cancel(); <-done })
	return f
}

func (f *follower) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.entries)
}

// form makes a network of two.
func (w *world) form(a, b string) {
	w.t.Helper()
	for _, x := range [][2]string{{a, b}, {b, a}} {
		s := w.servers[x[0]]
		m := Mode{State: Member, Group: "g", Forming: true, Routes: []string{w.servers[x[1]].listen}}
		if err := s.Start(m); err != nil {
			w.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := w.servers[a].CreateLog(ctx, 2); err != nil {
		w.t.Fatal(err)
	}
}

func (s *server) append(t *testing.T, text string) uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	number, err := s.Append(ctx, text, []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return number
}

func TestLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a.example", "b.example", "c.example")
	a := w.start("a.example", Mode{State: Alone}, nil)
	b := w.start("b.example", Mode{State: Joining}, nil, "a.example")
	start := time.Now()
	w.form("a.example", "b.example")
	t.Log("formed after", time.Since(start))
	fa, fb := follow(t, a, 0), follow(t, b, 0)
	want := []string{}
	for i := range 20 {
		s := a
		if i%2 == 1 {
			s = b
		}
		text := fmt.Sprint("entry", i)
		want = append(want, fmt.Sprint(s.append(t, text), " ", text))
	}
	if again := a.append(t, "entry0"); again != 1 {
		t.Errorf("an entry of the same identifier is number %d", again)
	}
	for _, f := range []*follower{fa, fb} {
		clustertest.Until(t, "all is followed", func() bool { return len(f.all()) >= len(want) })
		if got := f.all(); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}

	start = time.Now()
	c := w.start("c.example", Mode{State: Member, Group: "g"}, nil, "b.example")
	fc := follow(t, c, 0)
	clustertest.Until(t, "c has all", func() bool { return slices.Equal(fc.all(), want) })
	t.Log("joined after", time.Since(start))
	var leader *server
	clustertest.Until(t, "three members", func() bool {
		for _, s := range w.servers {
			if g, err := s.Group(); err == nil && s.Leads() && len(g.Members) == 3 {
				leader = s
			}
		}
		return leader != nil
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := leader.SetReplicas(ctx, 3); err != nil {
		t.Fatal(err)
	}
	clustertest.Until(t, "three replicas", func() bool {
		s, err := c.LogState(ctx)
		return err == nil && s.Replicas == 3 && s.Current == 3
	})
	t.Log("three replicas after", time.Since(start))

	// One is gone, two go on; it comes back and has all.
	a.stopEngine(closing{})
	if _, err := a.Append(ctx, "x", nil); !errors.Is(err, ErrNoQuorum) {
		t.Errorf("a server that has stopped appends: %v", err)
	}
	start = time.Now()
	want = append(want, fmt.Sprint(c.append(t, "without a"), " ", "without a"))
	t.Log("accepted after", time.Since(start))
	if err := a.Start(Mode{State: Member, Group: "g", Routes: []string{b.listen}}); err != nil {
		t.Fatal(err)
	}
	fa = follow(t, a, 0)
	clustertest.Until(t, "a has all", func() bool { return slices.Equal(fa.all(), want) })

	// What was trimmed is missed.
	if err := b.Trim(ctx, 10); err != nil {
		t.Fatal(err)
	}
	clustertest.Until(t, "the log is trimmed", func() bool { // everywhere, so that c is told so by whom it asks
		err := c.Follow(ctx, 3, func(uint64, []byte) error { return errSome }, func() {})
		return errors.Is(err, ErrTrimmed)
	})

	// Without a majority nothing is accepted, and that is said in time.
	a.stopEngine(closing{})
	b.stopEngine(closing{})
	short, cancel2 := context.WithTimeout(context.Background(), time.Second)
	defer cancel2()
	start = time.Now()
	if _, err := c.Append(short, "alone", []byte("alone")); !errors.Is(err, ErrNoQuorum) || time.Since(start) > 3*time.Second {
		t.Errorf("alone: %v after %v", err, time.Since(start))
	}
}
