package jetstream

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/cluster/clustertest"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/storetest"
)

// A host is a place where a server of a test runs, again and again.
type host struct {
	t       testing.TB
	net     *network
	name    string
	folder  string
	address string
	id      *cluster.Identity
	peers   []string
	found   chan struct{}

	mu  sync.Mutex
	log bytes.Buffer
	*Store
}

// A network is the servers of a test.
type network struct {
	t     testing.TB
	hosts []*host
}

func newNetwork(t testing.TB, names ...string) *network {
	n := &network{t: t}
	for _, name := range names {
		id, err := cluster.LoadIdentity(clustertest.WriteKey(t, name))
		if err != nil {
			t.Fatal(err)
		}
		h := &host{t: t, net: n, name: name, folder: t.TempDir(), address: clustertest.FreeAddress(t), id: id, found: make(chan struct{}, 1)}
		if len(n.hosts) > 0 {
			h.peers = []string{n.hosts[0].address}
		}
		n.hosts = append(n.hosts, h)
		t.Cleanup(func() {
			h.stop()
			if t.Failed() {
				t.Logf("%s:\n%s", name, h.logged())
			}
		})
	}
	return n
}

// start starts all servers, one after another.
func (n *network) start() {
	n.t.Helper()
	for _, h := range n.hosts {
		h.start()
	}
}

// keptByThree waits until three servers keep the records, as the first of them sees it.
func (n *network) keptByThree() {
	n.t.Helper()
	clustertest.Until(n.t, "three servers keep the records", func() bool {
		l, err := n.hosts[0].node.LogState(context.Background())
		return err == nil && l.Replicas == 3 && l.Current == 3
	})
}

// Write implements io.Writer, for the log.
func (h *host) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(p)
}

func (h *host) logged() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.String()
}

func (h *host) options() Options {
	var pins []config.Pin
	for _, other := range h.net.hosts {
		pins = append(pins, config.Pin{Server: other.name, Key: other.id.Fingerprint()})
	}
	trust, err := cluster.NewTrust(pins, "")
	if err != nil {
		h.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(h, &slog.HandlerOptions{Level: slog.LevelInfo}))
	return Options{
		Path: filepath.Join(h.folder, "parley.db"), Found: h.found, Log: log,
		Cluster: cluster.Options{
			Self: link.Server{
				SID: "u" + h.name, Name: h.name, Boot: rand.Text(), Network: "Tea", Casemapping: "ascii", Writes: 1, Reads: 1,
			},
			Listen: h.address, Peers: h.peers, Secret: strings.Repeat("x", 32), Identity: h.id, Trust: trust,
			Folder: filepath.Join(h.folder, "link"), Clock: cluster.NewClock(time.Now), Log: log,
		},
	}
}

func (h *host) start() *host {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	s, err := Open(ctx, h.options())
	if err != nil {
		h.t.Fatalf("%s: %v\n%s", h.name, err, h.logged())
	}
	h.Store = s
	return h
}

func (h *host) stop() {
	if h.Store != nil {
		if err := h.Store.Close(); err != nil {
			h.t.Errorf("%s: %v", h.name, err)
		}
	}
	h.Store = nil
}

// text returns all that is in a store but the servers.
func (h *host) text() string {
	all, _, err := h.Snapshot(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range all {
		if r.Shelf != store.Servers {
			fmt.Fprintf(&b, "%s/%s=%.20s at %d\n", r.Shelf, r.Key, r.Value, r.Rev)
		}
	}
	return b.String()
}

// equal waits until all servers that run have the same records.
func (n *network) equal() {
	n.t.Helper()
	clustertest.Until(n.t, "all have the same records", func() bool {
		texts := map[string]bool{}
		for _, h := range n.hosts {
			if h.Store != nil {
				texts[h.text()] = true
			}
		}
		return len(texts) <= 1
	})
}

// wiped is a store for one of the tests that begin with an empty one: what others have
// left is removed.
func wiped(t *testing.T, h *host) store.Store {
	h.net.equal()
	for _, shelf := range []string{"accounts", "nicks", "certs", "bans", "ban", "bansx", "vhosts"} {
		var keys []string
		if err := h.List(context.Background(), shelf, "", func(r store.Record) bool { keys = append(keys, r.Key); return true }); err != nil {
			t.Fatal(err)
		}
		for len(keys) > 0 {
			var ops []store.Op
			for _, key := range keys[:min(len(keys), store.MaxOps)] {
				ops = append(ops, store.Op{Shelf: shelf, Key: key, Delete: true})
			}
			keys = keys[len(ops):]
			if _, err := h.Commit(context.Background(), ops...); err != nil {
				t.Fatal(err)
			}
		}
	}
	return kept{h}
}

// kept is a store that outlives the test which closes it.
type kept struct{ *host }

func (kept) Close() error { return nil }

func TestAlone(t *testing.T) {
	storetest.Test(t, func(t *testing.T) store.Store {
		return newNetwork(t, "a.example").hosts[0].start().Store
	})
}

func TestThree(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example", "c.example")
	n.start()
	i := 0
	storetest.Test(t, func(t *testing.T) store.Store {
		i++
		h := n.hosts[i%3]
		if strings.HasSuffix(t.Name(), "/Close") { // the last one
			return h.Store
		}
		return wiped(t, h)
	})
	n.hosts[i%3].Store = nil
	n.equal()
}
