package cluster

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/cluster/clustertest"
	"github.com/parley-irc/parley/ircd/link"
)

const testSecret = "0123456789abcdef0123456789abcdef"

// identity makes the key of a server.
func identity(t testing.TB, name string) *Identity {
	t.Helper()
	id, err := LoadIdentity(clustertest.WriteKey(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A testLog keeps what was logged.
type testLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *testLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *testLog) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.b.String(), text)
}

func (l *testLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A server is a node with what belongs to it.
type server struct {
	*Node
	log    testLog
	listen string
	losing atomic.Bool // all frames it sends
}

// world makes servers that know each other.
type world struct {
	t       testing.TB
	names   []string
	ids     map[string]*Identity
	servers map[string]*server
}

func newWorld(t testing.TB, names ...string) *world {
	w := &world{t: t, names: names, ids: map[string]*Identity{}, servers: map[string]*server{}}
	for _, name := range names {
		w.ids[name] = identity(t, name)
	}
	return w
}

func (w *world) pins() (pins []config.Pin) {
	for _, name := range w.names {
		pins = append(pins, config.Pin{Server: name, Key: w.ids[name].Fingerprint()})
	}
	return pins
}

// start starts a server that knows the addresses of others.
func (w *world) start(name string, m Mode, change func(o *Options), peers ...string) *server {
	w.t.Helper()
	trust, err := NewTrust(w.pins(), "")
	if err != nil {
		w.t.Fatal(err)
	}
	s := &server{listen: clustertest.FreeAddress(w.t)}
	o := Options{
		Self: link.Server{SID: "u" + name, Name: name, Boot: rand.Text(), Network: "Tea", Casemapping: "ascii", Writes: 1, Reads: 1},
		ID:   "id-" + name, Listen: s.listen, Secret: testSecret, Identity: w.ids[name], Trust: trust,
		Folder: w.t.TempDir(), Clock: NewClock(time.Now),
		Log: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, p := range peers {
		o.Peers = append(o.Peers, w.servers[p].listen)
	}
	if change != nil {
		change(&o)
	}
	s.Node = New(o)
	s.Node.lose = s.losing.Load
	s.Handle(7, func(_ context.Context, from Card, query []byte) ([]byte, error) {
		return fmt.Appendf(nil, "%s asked %s: %s", from.Name, name, query), nil
	})
	if err := s.Start(m); err != nil {
		w.t.Fatal(err)
	}
	w.servers[name] = s
	w.t.Cleanup(func() {
		s.Node.Close("the test is over")
		if w.t.Failed() {
			w.t.Logf("%s:\n%s", name, s.log.String())
		}
	})
	return s
}

func TestMeet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "a.example", "b.example", "c.example")
	a := w.start("a.example", Mode{State: Alone}, nil)
	b := w.start("b.example", Mode{State: Joining}, nil, "a.example")
	c := w.start("c.example", Mode{State: Joining}, nil, "b.example")
	start := time.Now()
	for _, s := range []*server{a, b, c} {
		clustertest.Until(t, "all have met", func() bool { return len(s.Met()) == 2 })
	}
	t.Log("met after", time.Since(start))
	for _, to := range []string{"a.example", "b.example"} {
		got, err := c.Ask(context.Background(), to, 7, []byte("tea?"))
		if want := "c.example asked " + to + ": tea?"; err != nil || string(got) != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	if _, err := c.Ask(context.Background(), "a.example", 8, nil); err == nil {
		t.Error("a service that is not there answers")
	}
	start = time.Now()
	b.Node.Close("enough")
	clustertest.Until(t, "b is gone", func() bool { return len(a.Met()) == 1 && len(c.Met()) == 1 })
	t.Log("missed after", time.Since(start))
}
