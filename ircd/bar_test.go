package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/migrate"
)

// TestBar: a bar is drawn on one line, not for every step, and whole at the end.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	b := &bar{out: &out}
	for i := range 1000 {
		b.show(i+1, 1000)
	}
	b.end()
	lines := strings.Split(out.String(), "\r")
	if last := lines[len(lines)-1]; !strings.HasSuffix(last, "100 %  1000 of 1000\n") || strings.Contains(last, ".]") {
		t.Errorf("at the end it is %q", last)
	}
	if first := lines[1]; !strings.Contains(first, "  0 %  1 of 1000") || len(lines) > 100 {
		t.Errorf("it begins as %q, and is drawn %d times", first, len(lines))
	}
	b.shown = time.Time{}
	b.show(1, 0) // of nothing
	b.end()
}

// TestNoBar: where messages do not go to a terminal, nothing is drawn.
func TestNoBar(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := newBar(world{err: f})
	b.show(1, 1)
	b.end()
	if fi, err := f.Stat(); err != nil || fi.Size() != 0 {
		t.Error(fi.Size(), err)
	}
}

// TestGrouped: what has the same reason is told once, with some of the names.
func TestGrouped(t *testing.T) {
	notes := []migrate.Note{{Kind: "channel", Name: "#a", Why: "closed"}}
	for range 20 {
		notes = append(notes, migrate.Note{Kind: "account", Name: "x", Why: "taken"})
	}
	notes = append(notes, migrate.Note{Kind: "account", Name: "y", Why: "odd"})
	var lines []string
	for _, g := range grouped(notes) {
		lines = append(lines, g.text(3))
	}
	want := "  account x, x, x and 17 more: taken|  account y: odd|  channel #a: closed"
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
