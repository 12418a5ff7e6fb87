// Package linktest tests implementations of link.Link: what they promise to the network.
package linktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/link"
)

// A Fabric is what links servers for a test.
type Fabric interface {
	// Connect links a server with the handler to all others.
	Connect(t *testing.T, h link.Handler) link.Link
	// Split cuts two servers off from each other; Heal ends that.
	Split(a, b string)
	Heal(a, b string)
}

// patience is how long something may take.
const patience = 20 * time.Second

// Run tests an implementation.
func Run(t *testing.T, fresh func(t *testing.T) Fabric, play func(t *testing.T, f func(t *testing.T))) {
	for _, test := range []struct {
		name string
		f    func(t *testing.T, f Fabric)
	}{
		{"order", order}, {"first", first}, {"split", split}, {"request", request}, {"hold", hold}, {"refuse", refuse},
	} {
		t.Run(test.name, func(t *testing.T) {
			play(t, func(t *testing.T) { test.f(t, fresh(t)) })
		})
	}
}

// A Recorder is a handler that writes down what it is told.
type Recorder struct {
	server link.Server
	link   link.Link
	// Greet is published in Up.
	Greet string

	mu   sync.Mutex
	told []string
}

// NewRecorder returns the handler of a server of this name.
func NewRecorder(name string) *Recorder {
	return &Recorder{server: link.Server{
		SID: "u" + name, Name: name + ".example", Boot: "1", Started: time.Now(), Network: "Test",
		Casemapping: "ascii", Writes: 1, Reads: 1,
	}}
}

// Self implements link.Handler.
func (r *Recorder) Self() link.Server { return r.server }

// Up implements link.Handler.
func (r *Recorder) Up(s link.Server) {
	r.mu.Lock()
	greet, l := r.Greet, r.link
	r.mu.Unlock()
	if greet != "" && l != nil {
		l.Publish([]byte(greet))
	}
	r.note("up " + s.SID)
}

// Receive implements link.Handler.
func (r *Recorder) Receive(sid string, data []byte) error {
	r.note(sid + ": " + string(data))
	if string(data) == "nonsense" {
		return errors.New("this is nonsense")
	}
	return nil
}

// Down implements link.Handler.
func (r *Recorder) Down(sid, _ string, _ bool) { r.note("down " + sid) }

// Answer implements link.Handler.
func (r *Recorder) Answer(ctx context.Context, sid string, query []byte) ([]byte, error) {
	switch string(query) {
	case "refuse":
		return nil, errors.New("no")
	case "wait":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return []byte(sid + " asks " + string(query)), nil
}

func (r *Recorder) note(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, line)
}

// about returns what was told of a server.
func (r *Recorder) about(sid string) (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, line := range r.told {
		if line == "up "+sid || line == "down "+sid || len(line) > len(sid) && line[:len(sid)+1] == sid+":" {
			all = append(all, line)
		}
	}
	return all
}

func (r *Recorder) connect(t *testing.T, f Fabric) *Recorder {
	l := f.Connect(t, r)
	r.mu.Lock()
	r.link = l
	r.mu.Unlock()
	return r
}

// await waits until something is so.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func (r *Recorder) awaits(t *testing.T, sid string, want ...string) {
	t.Helper()
	await(t, fmt.Sprintf("%s was told %q of %s; wanted %q", r.server.Name, r.about(sid), sid, want), func() bool {
		return slices.Equal(r.about(sid), want)
	})
}

func pair(t *testing.T, f Fabric) (a, b *Recorder) {
	a, b = NewRecorder("a").connect(t, f), NewRecorder("b").connect(t, f)
	a.awaits(t, "ub", "up ub")
	b.awaits(t, "ua", "up ua")
	return a, b
}

// order: what one server publishes arrives once, in order, at all others.
func order(t *testing.T, f Fabric) {
	a, b := pair(t, f)
	c := NewRecorder("c").connect(t, f)
	c.awaits(t, "ua", "up ua")
	c.awaits(t, "ub", "up ub")
	a.awaits(t, "uc", "up uc")
	b.awaits(t, "uc", "up uc")
	const count = 2000
	var all sync.WaitGroup
	for _, r := range []*Recorder{a, b} {
		all.Go(func() {
			for i := range count {
				r.link.Publish(fmt.Appendf(nil, "%d", i))
			}
		})
	}
	all.Wait()
	for _, x := range []struct {
		r   *Recorder
		sid string
	}{{a, "ub"}, {b, "ua"}, {c, "ua"}, {c, "ub"}} {
		await(t, "not everything arrives", func() bool { return len(x.r.about(x.sid)) >= count+1 })
		for i, line := range x.r.about(x.sid)[1:] {
			if want := fmt.Sprintf("%s: %d", x.sid, i); line != want {
				t.Fatalf("%s: item %d of %s is %q, wanted %q", x.r.server.Name, i, x.sid, line, want)
			}
		}
	}
}

// first: what is published in Up is the first that the other one receives.
func first(t *testing.T, f Fabric) {
	a := NewRecorder("a")
	a.Greet = "hello"
	a.connect(t, f)
	b := NewRecorder("b").connect(t, f)
	a.awaits(t, "ub", "up ub")
	b.awaits(t, "ua", "up ua", "ua: hello")
}

// split: servers that are split are told so, lose what is published meanwhile, and
// nothing after they are healed.
func split(t *testing.T, f Fabric) {
	a, b := pair(t, f)
	a.link.Publish([]byte("one"))
	b.awaits(t, "ua", "up ua", "ua: one")
	f.Split("a.example", "b.example")
	a.awaits(t, "ub", "up ub", "down ub")
	b.awaits(t, "ua", "up ua", "ua: one", "down ua")
	a.link.Publish([]byte("two"))
	if _, err := a.link.Request(t.Context(), "ub", []byte("x")); !errors.Is(err, link.ErrUnreachable) {
		t.Errorf("a request to a server that is down: %v", err)
	}
	if p := a.link.Peers(); len(p) != 1 || p[0].Up || p[0].Name != "b.example" || p[0].Reason == "" {
		t.Errorf("peers while split: %+v", p)
	}
	f.Heal("a.example", "b.example")
	a.awaits(t, "ub", "up ub", "down ub", "up ub")
	b.awaits(t, "ua", "up ua", "ua: one", "down ua", "up ua")
	a.link.Publish([]byte("three"))
	b.awaits(t, "ua", "up ua", "ua: one", "down ua", "up ua", "ua: three")
}

func request(t *testing.T, f Fabric) {
	a, _ := pair(t, f)
	answer, err := a.link.Request(t.Context(), "ub", []byte("this"))
	if string(answer) != "ua asks this" || err != nil {
		t.Errorf("answer %q, %v", answer, err)
	}
	var refusal *link.Refusal
	if _, err := a.link.Request(t.Context(), "ub", []byte("refuse")); !errors.As(err, &refusal) || refusal.Text != "no" {
		t.Errorf("a request that is refused: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if _, err := a.link.Request(ctx, "ub", []byte("wait")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a request that is not answered: %v", err)
	}
	if _, err := a.link.Request(t.Context(), "unobody", nil); !errors.Is(err, link.ErrUnreachable) {
		t.Errorf("a request to nobody: %v", err)
	}
	large := make([]byte, link.MaxRequest-100)
	if answer, err := a.link.Request(t.Context(), "ub", large); len(answer) < len(large) || err != nil {
		t.Errorf("a large request: %d bytes, %v", len(answer), err)
	}
}

// refuse: what cannot be understood ends the stream, and another one begins.
func refuse(t *testing.T, f Fabric) {
	a, b := pair(t, f)
	a.link.Publish([]byte("nonsense"))
	b.awaits(t, "ua", "up ua", "ua: nonsense", "down ua", "up ua")
	a.awaits(t, "ub", "up ub", "down ub", "up ub")
}

// hold: a link that somebody has closed stays closed until it is opened.
func hold(t *testing.T, f Fabric) {
	a, b := pair(t, f)
	if err := a.link.Close("nobody.example", "x"); !errors.Is(err, link.ErrUnknown) {
		t.Errorf("closing the link to nobody: %v", err)
	}
	if err := a.link.Close("b.example", "because"); err != nil {
		t.Fatal(err)
	}
	a.awaits(t, "ub", "up ub", "down ub")
	b.awaits(t, "ua", "up ua", "down ua")
	time.Sleep(3 * time.Second)
	a.awaits(t, "ub", "up ub", "down ub")
	if p := a.link.Peers(); len(p) != 1 || !p[0].Held || p[0].Up {
		t.Errorf("peers while held: %+v", p)
	}
	if err := a.link.Open("b.example"); err != nil {
		t.Fatal(err)
	}
	a.awaits(t, "ub", "up ub", "down ub", "up ub")
	b.awaits(t, "ua", "up ua", "down ua", "up ua")
}
