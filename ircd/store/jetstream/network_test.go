package jetstream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/cluster/clustertest"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// write commits, and waits as long as there is no majority.
func (h *host) write(key, value string) {
	h.t.Helper()
	clustertest.Until(h.t, "a commit is accepted", func() bool {
		_, err := h.Put(context.Background(), "bans", key, []byte(value), 0)
		if err != nil && !errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrExists) {
			h.t.Fatal(err)
		}
		return err == nil || errors.Is(err, store.ErrExists)
	})
}

func (h *host) value(key string) string {
	r, err := h.Get(context.Background(), "bans", key)
	if err != nil {
		return ""
	}
	return string(r.Value)
}

// TestBrings tests that the first server brings its records along, and that those of
// one that joins are set aside, and told of.
func TestBrings(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example")
	a, b := n.hosts[0], n.hosts[1]
	for i, h := range n.hosts { // both were alone, without links
		s, err := bunt.Open(filepath.Join(h.folder, "parley.db"))
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"same", "own" + h.name} {
			if _, err := s.Put(context.Background(), "bans", key, fmt.Append(nil, i), 0); err != nil {
				t.Fatal(err)
			}
		}
		s.Close()
	}
	a.start()
	b.start()
	n.equal()
	if b.value("same") != "0" || b.value("owna.example") != "0" || b.value("ownb.example") != "" {
		t.Errorf("b has\n%s", b.text())
	}
	if log := b.logged(); !strings.Contains(log, "shelf=bans count=2 keys=\"ownb.example same\"") {
		t.Error("it is not told what the network does not have")
	}
	if kept, _ := filepath.Glob(filepath.Join(b.folder, "parley.db.before-*")); len(kept) != 2 {
		t.Errorf("kept: %q", kept)
	}
	b.write("new", "x")
	n.equal()
	// Both stop; both are there again.
	b.stop()
	if _, err := a.Put(context.Background(), "bans", "alone", nil, 0); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("one of two writes: %v", err)
	}
	if a.value("new") != "x" {
		t.Error("one of two cannot read")
	}
	a.stop()
	a.start()
	b.start()
	a.write("again", "y")
	n.equal()
}

// TestLeave tests that servers leave for good until one is left, which goes on alone.
func TestLeave(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example", "c.example")
	a, b, c := n.hosts[0], n.hosts[1], n.hosts[2]
	for _, h := range n.hosts {
		h.start()
		h.write("by "+h.name, "x")
	}
	n.equal()
	n.keptByThree()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	leave := func(h *host) {
		t.Helper()
		clustertest.Until(t, "it leaves", func() bool {
			err := h.Leave(ctx)
			if err != nil {
				t.Log(h.name, err)
			}
			return err == nil
		})
		h.stop()
	}
	leave(a) // the first of all
	b.write("without a", "x")
	n.equal()
	l, err := b.node.LogState(ctx)
	if err != nil || l.Replicas != 2 {
		t.Errorf("after one has left: %+v, %v", l, err)
	}
	leave(c)
	clustertest.Until(t, "b is alone", b.alone)
	before := b.text()
	b.write("alone", "x")
	b.stop()
	b.start()
	if !strings.Contains(b.text(), before) || b.value("alone") != "x" {
		t.Errorf("b has\n%s\nbefore\n%s", b.text(), before)
	}
	if members, err := b.Members(); len(members) != 1 || err != nil {
		t.Errorf("members: %v, %v", members, err)
	}
	// And they come again.
	b.stop()
	b.peers, a.peers = nil, []string{b.address}
	b.start()
	a.start()
	n.equal()
	if a.value("alone") != "x" {
		t.Errorf("a has\n%s", a.text())
	}
	a.write("together", "x")
	n.equal()
}

// TestRemove tests that a server that is lost can be removed, and that its name is then
// free.
func TestRemove(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example", "c.example")
	a, b, c := n.hosts[0], n.hosts[1], n.hosts[2]
	n.start()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	if err := a.Remove(ctx, "c.example"); err == nil || !strings.Contains(err.Error(), "is connected") {
		t.Errorf("removing one that is connected: %v", err)
	}
	n.keptByThree()
	c.stop()
	// Its disk is lost: another server takes its name.
	if err := os.RemoveAll(c.folder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	short, cancel2 := context.WithTimeout(ctx, 5*time.Second)
	defer cancel2()
	if _, err := Open(short, c.options()); err == nil || !strings.Contains(c.logged(), "ircd link remove c.example") {
		t.Errorf("another server with the name of a member: %v", err)
	}
	clustertest.Until(t, "it is removed", func() bool {
		err := b.Remove(ctx, "c.example")
		if err != nil {
			t.Log(err)
		}
		return err == nil
	})
	b.write("without c", "x")
	c.start()
	n.equal()
	c.write("c again", "x")
	n.equal()
}

// TestRecover tests that one that is left of three goes on, and that the others cannot
// come back as if nothing had been.
func TestRecover(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example", "c.example")
	a, b, c := n.hosts[0], n.hosts[1], n.hosts[2]
	n.start()
	c.write("before", "x")
	n.equal()
	if err := c.Recover(context.Background()); err == nil {
		t.Error("a server of a network that works is recovered")
	}
	a.stop()
	b.stop()
	clustertest.Until(t, "the others are missed", func() bool { return c.Recover(context.Background()) == nil })
	c.write("after", "x")
	if c.value("before") != "x" {
		t.Error("it has lost its records")
	}
	// b is of the network that was given up.
	b.peers = []string{c.address}
	b.start()
	clustertest.Until(t, "b is refused", func() bool { return strings.Contains(c.logged(), "belongs to another network") })
	b.stop()
	if err := Rejoin(filepath.Join(b.folder, "link")); err != nil {
		t.Fatal(err)
	}
	b.start()
	n.equal()
	if b.value("after") != "x" {
		t.Errorf("b has\n%s", b.text())
	}
}

// TestFound tests that servers which all know each other wait until an operator says
// which is the first.
func TestFound(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example")
	a, b := n.hosts[0], n.hosts[1]
	a.peers = []string{b.address}
	s, err := bunt.Open(filepath.Join(a.folder, "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(context.Background(), "bans", "k", []byte("of a"), 0); err != nil {
		t.Fatal(err)
	}
	s.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.start()
	}()
	go func() {
		clustertest.Until(t, "it is told what to do", func() bool { return strings.Contains(a.logged(), "ircd link found") })
		a.found <- struct{}{}
	}()
	b.start()
	<-done
	n.equal()
	if b.value("k") != "of a" {
		t.Errorf("b has\n%s", b.text())
	}
}

func FuzzEntry(f *testing.F) {
	f.Add(encode(entry{"id", []store.Op{{Shelf: "bans", Key: "k", Value: []byte("v"), Rev: 300}, {Shelf: "nicks", Key: "n", Delete: true}}}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decode(b)
		if err != nil {
			return
		}
		again, err := decode(encode(e))
		if err != nil || again.id != e.id || len(again.ops) != len(e.ops) {
			t.Errorf("%+v reads as %+v, %v", e, again, err)
		}
	})
}
