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

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/store"
)

// TestAway tests that a server that was away for long gets a copy of all, because the log
// does not reach back so far.
func TestAway(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example", "c.example")
	a, b, c := n.hosts[0], n.hosts[1], n.hosts[2]
	n.start()
	c.write("kept", "x")
	c.write("goes", "x")
	n.equal()
	c.stop()
	if err := a.Delete(context.Background(), "bans", "goes", 0); err != nil {
		t.Fatal(err)
	}
	var last uint64
	for i := range 50 {
		a.write(fmt.Sprint("k", i), "x")
	}
	l, err := a.node.LogState(context.Background())
	if err == nil {
		last = l.Last
		err = a.node.Trim(context.Background(), last-5)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.start()
	n.equal()
	if !strings.Contains(c.logged(), "the records of the network are copied") {
		t.Error("the records were not copied")
	}
	seen := map[string]bool{}
	cancel, err := c.Watch(context.Background(), "bans", func(ch store.Change) { seen[ch.Key] = !ch.Deleted })
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if !seen["kept"] || seen["goes"] || !seen["k49"] {
		t.Errorf("a watcher sees %v", seen)
	}
	b.write("more", "x")
	n.equal()
}

// TestDamaged tests that a server whose file was damaged gets all records anew.
func TestDamaged(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example")
	a, b := n.hosts[0], n.hosts[1]
	a.start()
	a.write("before", "x") // no entry of the log
	b.start()
	for i := range 20 {
		a.write(fmt.Sprint("k", i), "x")
	}
	n.equal()
	b.stop()
	path := filepath.Join(b.folder, "parley.db")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(data[len(data)/2:], "nothing that can be read")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	b.start()
	n.equal()
	if b.value("before") != "x" || b.value("k19") != "x" {
		t.Errorf("b has\n%s", b.text())
	}
	b.write("after", "x")
	n.equal()
}

// TestBounded tests that a commit without a majority fails in time, and that the server
// says that it is the majority that is missing.
func TestBounded(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example", "c.example")
	n.start()
	a := n.hosts[0]
	n.hosts[1].stop()
	n.hosts[2].stop()
	begin := time.Now()
	_, err := a.Put(context.Background(), "bans", "k", nil, 0)
	if took := time.Since(begin); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, cluster.ErrNoQuorum) || took > 5*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	begin = time.Now()
	if _, err := a.Put(ctx, "bans", "k", nil, 0); !errors.Is(err, store.ErrUnavailable) || time.Since(begin) > time.Second {
		t.Errorf("with a deadline: %v after %v", err, time.Since(begin))
	}
}
