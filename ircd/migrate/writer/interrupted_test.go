package writer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/store"
)

// failing is a store that fails after so many changes.
type failing struct {
	store.Store
	left int
}

func (f *failing) spend() error {
	if f.left--; f.left < 0 {
		return errFull
	}
	return nil
}

func (f *failing) Put(ctx context.Context, shelf, key string, value []byte, rev uint64) (uint64, error) {
	if err := f.spend(); err != nil {
		return 0, err
	}
	return f.Store.Put(ctx, shelf, key, value, rev)
}

func (f *failing) Commit(ctx context.Context, ops ...store.Op) (uint64, error) {
	if err := f.spend(); err != nil {
		return 0, err
	}
	return f.Store.Commit(ctx, ops...)
}

// TestInterrupted: wherever an import stops, repeating it gives what it would have given.
func TestInterrupted(t *testing.T) {
	whole := newStore(t)
	if _, err := Write(ctx, example(t), options(whole)); err != nil {
		t.Fatal(err)
	}
	want := shape(t, whole)
	for after := range 14 {
		st := newStore(t)
		o := options(&failing{st, after})
		_, err := Write(ctx, example(t), o)
		if after < 5 && !errors.Is(err, errFull) {
			t.Fatalf("after %d changes: %v", after, err)
		}
		if _, err := Write(ctx, example(t), options(st)); err != nil {
			t.Fatal(err)
		}
		if got := shape(t, st); !slices.Equal(got, want) {
			t.Fatalf("after %d changes:\n%s\nwant\n%s", after, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// shape returns the records without what is random in them.
func shape(t *testing.T, st store.Store) (lines []string) {
	for _, line := range all(t, st) {
		name, value, _ := strings.Cut(line, " {")
		var record struct{ Record map[string]json.RawMessage }
		if strings.HasPrefix(line, "channels/") {
			if err := json.Unmarshal([]byte("{"+value), &record); err != nil {
				t.Fatal(err)
			}
			name += fmt.Sprintf(" %s %s %s", record.Record["founder"], record.Record["access"], record.Record["facts"])
		}
		lines = append(lines, name)
	}
	return lines
}

// TestStops: an import that nobody wants any more ends.
func TestStops(t *testing.T) {
	stopped, cancel := context.WithCancel(ctx)
	o := options(newStore(t))
	o.Progress = func(n, _ int) {
		if n == 2 {
			cancel()
		}
	}
	r, err := Write(stopped, example(t), o)
	if !errors.Is(err, context.Canceled) || counts(r) != "accounts 2/0/2" {
		t.Error(err, counts(r))
	}
}
