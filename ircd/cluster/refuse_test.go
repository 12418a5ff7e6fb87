package cluster

import (
	"log/slog"
	"net"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/cluster/clustertest"
	"github.com/parley-irc/parley/ircd/lang"
)

// TestRefused tests who may not join, and that both sides say why.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		change      func(w *world, o *Options) // of the one that joins
		here, there string                     // what is logged by the one that is joined, and the one that joins
	}{
		{"secret", func(_ *world, o *Options) { o.Secret = testSecret + "x" },
			"another link.secret", "another server refuses this one"},
		{"unknown key", func(w *world, o *Options) { o.Identity = identity(w.t, "b.example") },
			"its key is not known here", "does not know the key of this one"},
		{"key of another", func(w *world, o *Options) { o.Identity = w.ids["c.example"] },
			"its key is that of c.example", "another server refuses this one"},
		{"unknown here", func(w *world, o *Options) {
			o.Trust, _ = NewTrust([]config.Pin{{Server: "a.example", Key: w.ids["c.example"].Fingerprint()}}, "")
		}, "does not know the key of this one", "its key is not known here"},
		{"name", func(w *world, o *Options) { o.Self.Name = "a.example"; o.Self.SID = "ua.example" },
			"it has the name of this server", "another server refuses this one"},
		{"network", func(_ *world, o *Options) { o.Self.Network = "Coffee" }, "network.name", "network.name"},
		{"casemapping", func(_ *world, o *Options) { o.Self.Casemapping = "precis" }, "casemapping", "casemapping"},
		{"version", func(_ *world, o *Options) { o.Self.Writes, o.Self.Reads = 3, 2 }, "too new", "too new"},
		{"clock", func(_ *world, o *Options) {
			o.Clock = NewClock(func() time.Time { return time.Now().Add(6 * time.Second) })
		}, "clock", "clock"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "a.example", "b.example", "c.example")
			a := w.start("a.example", Mode{State: Alone}, nil)
			b := w.start("b.example", Mode{State: Joining}, func(o *Options) { test.change(w, o) }, "a.example")
			clustertest.Until(t, test.here, func() bool { return a.log.has(test.here) })
			clustertest.Until(t, test.there, func() bool { return b.log.has(test.there) })
			time.Sleep(50 * time.Millisecond)
			if len(a.Met())+len(b.Met()) > 0 {
				t.Error("they have met")
			}
		})
	}
}

// A ghost is a connection that has ended while it was looked at.
type ghost struct {
	natsserver.ClientAuthentication
}

func (ghost) GetOpts() *natsserver.ClientOpts { return &natsserver.ClientOpts{Username: "b.example"} }
func (ghost) RemoteAddress() net.Addr         { return nil }

// TestRefusedGone tests that whoever hangs up while being refused is refused all the same.
func TestRefusedGone(t *testing.T) {
	var log testLog
	n := &Node{o: Options{Secret: testSecret}}
	n.report.log, n.report.tell = slog.New(slog.NewTextHandler(&log, nil)), func(lang.Text, ...any) {}
	if (*guard)(n).Check(ghost{}) || !log.has("b.example at an address that has hung up") {
		t.Errorf("it is let in, or nothing is logged: %s", log.String())
	}
}
