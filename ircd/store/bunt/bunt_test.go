package bunt

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/storetest"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestMemory(t *testing.T) {
	storetest.Test(t, func(t *testing.T) store.Store { return open(t, Memory) })
}

func TestFile(t *testing.T) {
	storetest.Test(t, func(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "db")) })
}

func TestDurable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	storetest.TestDurable(t, func(t *testing.T) store.Store {
		s := open(t, path)
		if s.Damage() != nil {
			t.Error(s.Damage())
		}
		return s
	})
}

// TestBubble tests that a store can be used with fake time.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, Memory)
		if _, err := s.Put(context.Background(), "bans", "k", nil, 0); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		s.Close()
		time.Sleep(2 * time.Second)
	})
}

func TestMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	open(t, path).Close()
	for _, name := range []string{path, path + ".manifest"} {
		if fi, err := os.Stat(name); err != nil || fi.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, fi.Mode(), err)
		}
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	if fi, err := os.Stat(path); err != nil || fi.Mode() != 0o600 {
		t.Errorf("after opening a file that others may read: %v, %v", fi.Mode(), err)
	}
}

// TestCompact tests that a file that has grown is written anew when nobody
// writes, and loses nothing by it.
func TestCompact(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	revs := map[string]uint64{}
	synctest.Test(t, func(t *testing.T) {
		s := open(t, path)
		value := make([]byte, 100_000)
		for i := range 100 {
			key := fmt.Sprint("k", i%10)
			rev, err := s.Put(context.Background(), "bans", key, value, revs[key])
			if err != nil {
				t.Fatal(err)
			}
			revs[key] = rev
		}
		if err := s.Delete(context.Background(), "bans", "k0", 0); err != nil {
			t.Fatal(err)
		}
		delete(revs, "k0")
		var wg sync.WaitGroup
		wg.Go(func() { // somebody reads all the time
			for range 200 {
				time.Sleep(100 * time.Millisecond)
				if _, err := s.Get(context.Background(), "bans", "k5"); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Wait()
		if fi, _ := os.Stat(path); fi.Size() > 1_000_000 {
			t.Errorf("the file has %d bytes", fi.Size())
		}
		rev, err := s.Put(context.Background(), "bans", "k1", []byte("after"), revs["k1"])
		if err != nil {
			t.Fatal(err)
		}
		revs["k1"] = rev
		s.Close()
		time.Sleep(2 * time.Second)
	})
	s := open(t, path)
	if s.Damage() != nil {
		t.Error(s.Damage())
	}
	n := 0
	s.List(context.Background(), "bans", "", func(r store.Record) bool {
		if r.Rev != revs[r.Key] || r.Key == "k1" && string(r.Value) != "after" {
			t.Errorf("%s has revision %d, want %d", r.Key, r.Rev, revs[r.Key])
		}
		n++
		return true
	})
	if n != 9 {
		t.Errorf("%d records, want 9", n)
	}
	rev, err := s.Put(context.Background(), "bans", "k0", nil, 0)
	if err != nil || rev <= revs["k1"] {
		t.Errorf("revision %d after %d (%v)", rev, revs["k1"], err)
	}
}

// BenchmarkPut measures acknowledged writes of 1,000 bytes by 64 users at once.
func BenchmarkPut(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	value := make([]byte, 1000)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		key, rev := fmt.Sprintf("%p", pb), uint64(0)
		for pb.Next() {
			next, err := s.Put(context.Background(), "bans", key, value, rev)
			if err != nil {
				b.Error(err)
			}
			rev = next
		}
	})
}
