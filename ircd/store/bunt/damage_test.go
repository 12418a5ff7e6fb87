package bunt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/store"
)

// contents returns what a store holds on the shelf bans.
func contents(t interface{ Fatal(...any) }, s *Store) map[string]string {
	m := map[string]string{}
	err := s.List(context.Background(), "bans", "", func(r store.Record) bool {
		m[r.Key] = string(r.Value)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// write fills a new file with commits of one to three records, and returns its
// bytes and what it held after each commit.
func write(t *testing.T, path string, commits int) (data []byte, states []map[string]string) {
	s := open(t, path)
	states = append(states, map[string]string{})
	for i := range commits {
		var ops []store.Op
		for j := range i%3 + 1 {
			op := store.Op{Shelf: "bans", Key: fmt.Sprint("k", (i+j)%7), Value: fmt.Append(nil, "v", i)}
			if r, err := s.Get(context.Background(), "bans", op.Key); err == nil {
				op.Rev, op.Delete = r.Rev, i%5 == 0
			}
			ops = append(ops, op)
		}
		if _, err := s.Commit(context.Background(), ops...); err != nil {
			t.Fatal(err)
		}
		states = append(states, contents(t, s))
	}
	s.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data, states
}

// TestInterrupted tests that a file that ends anywhere, as after a crash, holds
// what it held after one of its commits, and that this is not called damage.
func TestInterrupted(t *testing.T) {
	data, states := write(t, filepath.Join(t.TempDir(), "db"), 25)
	_, _, first, _ := parseSet(data)
	at := 0
	for n := first; n <= len(data); n++ {
		for _, tail := range []string{"", "\x00\x00\x00", "*3\r\n$3\r\nset\r\n$99\r\n"} {
			s := read(append(data[:n:n], tail...), int64(first))
			if s.damage != nil || s.err != nil || s.foreign {
				t.Fatalf("at %d: %q, %v", n, s.damage, s.err)
			}
			got := map[string]string{}
			for key, value := range s.live {
				r, _ := decode(key, value)
				got[strings.TrimPrefix(key, "bans/")] = r.payload
			}
			for at < len(states) && !maps.Equal(got, states[at]) {
				at++
			}
			if at == len(states) {
				t.Fatalf("cut at %d, the file holds %v", n, got)
			}
		}
	}
	if at != len(states)-1 {
		t.Errorf("the whole file holds the state after %d commits of %d", at, len(states)-1)
	}
}

// TestDamage tests that no damage goes unnoticed, invents anything, or loses
// more than it has hit.
func TestDamage(t *testing.T) {
	good := filepath.Join(t.TempDir(), "db")
	data, states := write(t, good, 40)
	manifest, err := os.ReadFile(good + ".manifest")
	if err != nil {
		t.Fatal(err)
	}
	full := states[len(states)-1]
	valid := map[string]bool{}
	for _, state := range states {
		for k, v := range state {
			valid[k+"="+v] = true
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		bad := corrupt(rt, data)
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		path := filepath.Join(dir, "db")
		if err := errors.Join(os.WriteFile(path, bad, 0o600), os.WriteFile(path+".manifest", manifest, 0o600)); err != nil {
			rt.Fatal(err)
		}
		s, err := Open(path)
		if err != nil {
			after, _ := os.ReadFile(path)
			if !errors.Is(err, ErrUnreadable) || !bytes.Equal(after, bad) {
				rt.Fatalf("Open: %v", err)
			}
			return
		}
		got := contents(rt, s)
		for k, v := range got {
			if !valid[k+"="+v] {
				rt.Fatalf("%s=%q was never written", k, v)
			}
		}
		d := s.Damage()
		s.Close()
		if d == nil {
			if !maps.Equal(got, full) {
				rt.Fatalf("not noticed: %v", got)
			}
			return
		}
		if kept, err := os.ReadFile(d.Kept); err != nil || !bytes.Equal(kept, bad) {
			rt.Fatalf("the damaged file is not kept: %v, %v", d, err)
		}
		if s, err = Open(path); err != nil || s.Damage() != nil || !maps.Equal(contents(rt, s), got) {
			rt.Fatalf("after the repair: %v, %v", err, s.Damage())
		}
		s.Close()
	})
}

func corrupt(t *rapid.T, data []byte) []byte {
	bad := bytes.Clone(data)
	from := rapid.IntRange(0, len(bad)-1).Draw(t, "from")
	to := min(len(bad), from+rapid.IntRange(1, 300).Draw(t, "length"))
	switch rapid.SampledFrom([]string{"cut", "flip", "zero", "remove", "insert"}).Draw(t, "kind") {
	case "cut":
		bad = bad[:from]
	case "flip":
		bad[from] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
	case "zero":
		clear(bad[from:to])
	case "remove":
		bad = append(bad[:from], bad[to:]...)
	case "insert":
		bad = append(bad[:to:to], data[from:]...)
	}
	return bad
}

func TestUnreadable(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(path string) error
		want string
	}{
		{"emptied", func(path string) error { return os.Truncate(path, 0) }, "holds no record"},
		{"removed", os.Remove, "is gone"},
		{"another file", func(path string) error { return os.WriteFile(path, []byte("[network]\nname = \"x\"\n"), 0o600) }, "holds no record"},
	} {
		path := filepath.Join(t.TempDir(), "db")
		write(t, path, 5)
		if err := tt.do(path); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		s, err := Open(path)
		if !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, %v", tt.name, s, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("%s: Open has changed the file", tt.name)
		}
	}
}

// TestBackup tests that an older file that was put back is used and reported.
func TestBackup(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "db"), filepath.Join(dir, "other")
	write(t, path, 5)
	_, states := write(t, other, 9)
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if d := s.Damage(); d == nil || d.Kept != "" || !strings.Contains(d.String(), "backup") {
		t.Errorf("report: %v", d)
	}
	if !maps.Equal(contents(t, s), states[9]) {
		t.Errorf("contents: %v", contents(t, s))
	}
	s.Close()
	if s = open(t, path); s.Damage() != nil {
		t.Errorf("reported again: %v", s.Damage())
	}
}

// TestSyncFails tests that nothing is acknowledged that could not be synced,
// and that the store recovers by writing all of it anew.
func TestSyncFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s := open(t, path)
	ctx := context.Background()
	if _, err := s.Put(ctx, "bans", "a", nil, 0); err != nil {
		t.Fatal(err)
	}
	told := 0
	if _, err := s.Watch(ctx, "bans", func(store.Change) { told++ }); err != nil {
		t.Fatal(err)
	}
	s.writer.disk.file.Close()
	if _, err := s.Put(ctx, "bans", "b", nil, 0); !errors.Is(err, store.ErrUnavailable) || told != 1 {
		t.Fatalf("Put without sync: %v; the watcher was told %d times", err, told)
	}
	if _, err := s.Put(ctx, "bans", "c", nil, 0); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s = open(t, path); s.Damage() != nil || contents(t, s)["c"] != "" || len(contents(t, s)) != 3 {
		t.Errorf("after reopening: %v, %v", contents(t, s), s.Damage())
	}
}
