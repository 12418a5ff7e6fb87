package bunt

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestKept tests that what is removed from the history is also removed from the damaged
// file that is kept, and that the rest of that stays as it was.
func TestKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	l := open(t, path, small)
	c := event.NewClock("ua", time.Now)
	var secrets []*event.Event
	for i := range 40 {
		e := message(c, fmt.Sprint("message ", i))
		if i == 3 || i == 39 { // in a block, and not
			e = message(c, fmt.Sprint("the-secret-", i))
			secrets = append(secrets, e)
		}
		if err := l.Wait(context.Background(), l.Append("#a", e)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Wait(context.Background(), l.Append("#b", message(c, "elsewhere"))); err != nil {
		t.Fatal(err)
	}
	l.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	hole := bytes.Index(data, []byte("message 20"))
	data[hole] = 'M'
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	l = open(t, path, small)
	if l.Damage() == nil || !slices.Equal(Kept(path), []string{l.Damage().Kept}) {
		t.Fatal(l.Damage(), Kept(path))
	}
	for _, e := range secrets {
		if _, err := l.Rewrite("#a", e.ID(), func(*event.Event) *event.Event { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	compactNow(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(l.Damage().Kept)
	if err != nil || len(kept) != len(data) {
		t.Fatal(len(kept), err)
	}
	if bytes.Contains(kept, []byte("the-secret")) {
		t.Error("what was redacted is in the file that is kept")
	}
	// One does not read. The other is in a channel in which nothing was removed; what is in the same
	// one has other records by now.
	for _, text := range []string{"Message 20", "elsewhere"} {
		if !bytes.Contains(kept, []byte(text)) {
			t.Errorf("%s is not in the file that is kept", text)
		}
	}
	l = open(t, path, small)
	list, err := l.Query(context.Background(), "#a", history.Latest(history.Point{}, 100))
	if err != nil || l.Damage() != nil || strings.Contains(fmt.Sprint(list), "secret") || len(list) < 37 {
		t.Errorf("%d messages, %v, %v", len(list), l.Damage(), err)
	}
}
