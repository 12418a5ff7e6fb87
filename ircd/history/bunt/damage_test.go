package bunt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// small are options under which a few messages make several blocks.
var small = Options{Options: history.Options{BlockSize: 6}, Window: -1}

// contents returns the texts in two buffers. Their events must be in order, each once.
func contents(t interface{ Fatal(...any) }, l *Log) (list []string) {
	for _, buffer := range []string{"#a", "#b"} {
		events, err := l.Query(context.Background(), buffer, history.Latest(history.Point{}, 1<<30))
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range events {
			if i > 0 && !e.After(events[i-1].Stamp) {
				t.Fatal("not in order, or twice:", events[i-1], e)
			}
			if m, ok := e.Body.(event.MessageSent); ok {
				list = append(list, buffer+" "+m.Text)
			}
		}
	}
	return list
}

// write fills a new file, and returns its bytes and what it held.
func write(t *testing.T, path string, messages int) (data []byte, texts []string) {
	l := open(t, path, small)
	c := event.NewClock("ua", time.Now)
	for i := range messages {
		ticket := l.Append([]string{"#a", "#b"}[i%2], message(c, fmt.Sprint("message ", i)))
		if err := l.Wait(context.Background(), ticket); err != nil {
			t.Fatal(err)
		}
	}
	texts = contents(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data, texts
}

// TestInterrupted tests that a file that ends anywhere, as after a crash, holds the first
// messages of each buffer, that more of it holds no fewer, and that this is not called damage.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	data, texts := write(t, filepath.Join(dir, "good"), 40)
	c, err := parseCommand(data)
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for n := c.size; n <= len(data); n += 1 + len(data)/60 {
		for i, tail := range []string{"", "\x00\x00\x00", "*3\r\n$3\r\nset\r\n$99\r\n"} {
			path := filepath.Join(dir, fmt.Sprint(n, "-", i))
			if err := os.WriteFile(path, append(data[:n:n], tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			d, damage, err := openDisk(path, func(done, total int64) {})
			if err != nil || damage != nil {
				t.Fatalf("at %d: %v, %v", n, damage, err)
			}
			d.close()
			if i > 0 {
				continue
			}
			l, err := Open(path, small)
			if err != nil {
				t.Fatal(err)
			}
			got := contents(t, l)
			l.Close()
			if len(got) < most || !prefixes(texts, got) {
				t.Fatalf("cut at %d, the file holds %q", n, got)
			}
			most = len(got)
		}
	}
	if most < len(texts)-2 {
		t.Errorf("nearly all of the file holds %d messages", most)
	}
}

// prefixes reports whether got are the first texts of each buffer.
func prefixes(texts, got []string) bool {
	for _, buffer := range []string{"#a", "#b"} {
		other := func(s string) bool { return !strings.HasPrefix(s, buffer) }
		all, some := slices.DeleteFunc(slices.Clone(texts), other), slices.DeleteFunc(slices.Clone(got), other)
		if len(some) > len(all) || !slices.Equal(all[:len(some)], some) {
			return false
		}
	}
	return true
}

// revise edits some messages of a file and redacts others, of blocks and of those that
// are in none. It returns the bytes of the file and what it holds then.
func revise(t *testing.T, path string) (data []byte, texts []string, redacted map[string]string) {
	l := open(t, path, small)
	c := event.NewClock("ua", time.Now)
	redacted = map[string]string{}
	for _, buffer := range []string{"#a", "#b"} {
		list, err := l.Query(context.Background(), buffer, history.Latest(history.Point{}, 1<<30))
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range list {
			if i%4 > 1 {
				continue
			}
			ticket, err := l.Rewrite(buffer, e.ID(), func(e *event.Event) *event.Event {
				if i%4 == 0 {
					return nil
				}
				changed := *e
				changed.Body = event.MessageSent{Command: "PRIVMSG", Text: e.Body.(event.MessageSent).Text + ", edited"}
				return &changed
			})
			if err != nil {
				t.Fatal(err)
			}
			if i%4 == 0 {
				redacted[buffer+" "+e.Body.(event.MessageSent).Text] = e.ID()
				gone := message(c, "")
				gone.Body = event.Redacted{Buffer: buffer, MsgID: e.ID()}
				ticket = l.Append(buffer, gone)
			}
			if err := l.Wait(context.Background(), ticket); err != nil {
				t.Fatal(err)
			}
		}
	}
	texts = contents(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data, texts, redacted
}

// revives returns a text that was redacted and can be read, though that it was redacted
// can be read, too.
func revives(l *Log, got []string, redacted map[string]string) string {
	for _, text := range got {
		id := redacted[text]
		if id == "" {
			continue
		}
		list, _ := l.Query(context.Background(), text[:2], history.Query{Kinds: history.Events, Limit: 1 << 30})
		for _, e := range list {
			if r, ok := e.Body.(event.Redacted); ok && r.MsgID == id {
				return text
			}
		}
	}
	return ""
}

// TestDamage tests that no damage goes unnoticed or invents anything, that the file is kept
// aside, and that the repair lasts. What was redacted does not come back.
func TestDamage(t *testing.T) {
	good := filepath.Join(t.TempDir(), "db")
	_, said := write(t, good, 60)
	data, texts, redacted := revise(t, good)
	m, err := os.ReadFile(good + ".manifest")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		bad := corrupt(rt, data)
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		path := filepath.Join(dir, "db")
		if err := errors.Join(os.WriteFile(path, bad, 0o600), os.WriteFile(path+".manifest", m, 0o600)); err != nil {
			rt.Fatal(err)
		}
		l, err := Open(path, small)
		if err != nil {
			after, _ := os.ReadFile(path)
			if !errors.Is(err, ErrUnreadable) || !bytes.Equal(after, bad) {
				rt.Fatalf("Open: %v", err)
			}
			return
		}
		got := contents(rt, l)
		for _, text := range got {
			if !slices.Contains(texts, text) && !slices.Contains(said, text) {
				rt.Fatalf("%q was never said", text)
			}
		}
		if text := revives(l, got, redacted); text != "" {
			rt.Fatalf("%q was redacted, and is back", text)
		}
		d := l.Damage()
		l.Close()
		if d == nil {
			if !slices.Equal(got, texts) {
				rt.Fatalf("not noticed: %q", got)
			}
			return
		}
		if kept, err := os.ReadFile(d.Kept); err != nil || !bytes.Equal(kept, bad) {
			rt.Fatalf("the damaged file is not kept: %v, %v", d, err)
		}
		if l, err = Open(path, small); err != nil || l.Damage() != nil || !slices.Equal(contents(rt, l), got) {
			rt.Fatalf("after the repair: %v, %v; %q, before: %q", err, l.Damage(), contents(rt, l), got)
		}
		l.Close()
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
