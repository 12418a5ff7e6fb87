package cluster

import (
	"context"
	"sync"
	"testing"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/link/linktest"
)

// TestLink runs what every link has to pass. Servers are split by not trusting each
// other.
func TestLink(t *testing.T) {
	t.Parallel()
	linktest.Run(t,
		func(t *testing.T) linktest.Fabric {
			return &fabric{world: newWorld(t, "a.example", "b.example", "c.example"), cut: map[[2]string]bool{}}
		},
		func(t *testing.T, f func(t *testing.T)) { f(t) })
}

type fabric struct {
	*world
	mu  sync.Mutex
	cut map[[2]string]bool
}

type testLink struct{ *Node }

func (l testLink) Close(name, reason string) error { return l.Hold(name, reason) }

func (l testLink) Request(ctx context.Context, sid string, query []byte) ([]byte, error) {
	return l.Node.Request(ctx, sid, query)
}

func (f *fabric) Connect(t *testing.T, h link.Handler) link.Link {
	self := h.Self()
	var peers []string
	for name := range f.servers {
		peers = append(peers, name)
	}
	s := f.start(self.Name, Mode{State: Member, Group: "g"}, func(o *Options) { o.Self = self }, peers...)
	if err := s.Serve(h); err != nil {
		t.Fatal(err)
	}
	return testLink{s.Node}
}

func (f *fabric) Split(a, b string) { f.set(a, b, true) }
func (f *fabric) Heal(a, b string)  { f.set(a, b, false) }

func (f *fabric) set(a, b string, cut bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cut[[2]string{a, b}], f.cut[[2]string{b, a}] = cut, cut
	for _, name := range []string{a, b} {
		var pins []config.Pin
		for _, p := range f.pins() {
			if !f.cut[[2]string{name, p.Server}] {
				pins = append(pins, p)
			}
		}
		trust, err := NewTrust(pins, "")
		if err != nil {
			f.t.Fatal(err)
		}
		s := f.servers[name]
		if err := s.Reconfigure(s.o.Peers, trust); err != nil {
			f.t.Fatal(err)
		}
	}
}
