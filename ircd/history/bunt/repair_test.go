package bunt

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestSalvage tests that a hole loses no more than was in it: what is sealed is also in the
// file as it was before, until that is compacted.
func TestSalvage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	data, texts := write(t, path, 60)
	var blocks []int
	for off := 0; off < len(data); {
		c, err := parseCommand(data[off:])
		if err != nil {
			t.Fatal(err)
		}
		if c.key[0] == 'd' && !c.del {
			blocks = append(blocks, off+c.size/2)
		}
		off += c.size
	}
	for _, at := range blocks {
		bad := bytes.Clone(data)
		bad[at] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path, small)
		if err != nil {
			t.Fatal(err)
		}
		if got := contents(t, l); l.Damage() == nil || !slices.Equal(got, texts) {
			t.Errorf("a damaged block: %d messages of %d, %v", len(got), len(texts), l.Damage())
		}
		l.Close()
	}
}

// TestShrinkAtStart tests that of a file which is mostly garbage only what counts is read.
func TestShrinkAtStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	data, texts := write(t, path, 60)
	key := "e\xff\xff\xff\xff12345678" // of no buffer
	for i := range 200 {
		var m mark
		data = appendSet(data, key, history.Record(key, bytes.Repeat([]byte{byte(i)}, 100_000)))
		m.add(key, false)
		data = appendSet(data, commitKey, m.record())
	}
	data = append(data, setCommand...) // interrupted
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, path, small)
	if got := contents(t, l); l.Damage() != nil || !slices.Equal(got, texts) {
		t.Errorf("%d messages of %d, %v", len(got), len(texts), l.Damage())
	}
	if s := l.Stats(); s.File > 300_000 {
		t.Errorf("%+v", s)
	}
	l.Close()
	if l = open(t, path, small); l.Damage() != nil || !slices.Equal(contents(t, l), texts) {
		t.Error(l.Damage())
	}
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
		{"a newer version", newer, "newer version"},
	} {
		path := filepath.Join(t.TempDir(), "db")
		write(t, path, 5)
		if err := tt.do(path); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		l, err := Open(path, small)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, %v", tt.name, l, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("%s: Open has changed the file", tt.name)
		}
	}
}

// newer adds a block of a version that is not known.
func newer(path string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	key := "d\x00\x00\x00\x01\x00\x00\x00\x09"
	b := appendSet(nil, key, history.Record(key, []byte{99}))
	var m mark
	m.add(key, false)
	_, err = f.Write(appendSet(b, commitKey, m.record()))
	return errors.Join(err, f.Close())
}

// TestBackup tests that an older file that was put back is used and reported.
func TestBackup(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "db"), filepath.Join(dir, "other")
	write(t, path, 5)
	_, texts := write(t, other, 9)
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	l := open(t, path, small)
	if d := l.Damage(); d == nil || d.Kept != "" || !strings.Contains(d.String(), "backup") {
		t.Errorf("report: %v", d)
	}
	if !slices.Equal(contents(t, l), texts) {
		t.Errorf("contents: %v", contents(t, l))
	}
	l.Close()
	if l = open(t, path, small); l.Damage() != nil {
		t.Errorf("reported again: %v", l.Damage())
	}
}

// TestSyncFails tests that nothing is acknowledged that could not be synced, and that the log
// recovers by writing all of it anew.
func TestSyncFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	recovered := make(chan struct{})
	told := 0
	o := Options{Notify: func(err error) {
		if told++; err == nil {
			close(recovered)
		}
	}}
	l := open(t, path, o)
	c := event.NewClock("ua", time.Now)
	ctx := context.Background()
	if err := l.Wait(ctx, l.Append("#a", message(c, "1"))); err != nil {
		t.Fatal(err)
	}
	l.writer.disk.file.Close()
	second := l.Append("#a", message(c, "2"))
	if err := l.Wait(ctx, second); !errors.Is(err, history.ErrNotDurable) {
		t.Errorf("Wait without sync: %v", err)
	}
	select {
	case <-recovered:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not recover")
	}
	if err := l.Wait(ctx, second); err != nil || told != 2 {
		t.Errorf("Wait: %v; told %d times", err, told)
	}
	if err := l.Wait(ctx, l.Append("#a", message(c, "3"))); err != nil {
		t.Error(err)
	}
	l.Close()
	if l = open(t, path, o); l.Damage() != nil || len(contents(t, l)) != 3 {
		t.Errorf("after opening again: %v, %v", contents(t, l), l.Damage())
	}
}
