package defcon

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// TestLevels: each level closes what the one before does, and more.
func TestLevels(t *testing.T) {
	for i, row := range Levels() {
		if row.Level != Normal-i || row.Help == "" || Level(row.Level).Level != row.Level {
			t.Errorf("row %d: %+v", i, row)
		}
		if i > 0 && (len(row.Closes) != i || !slices.Equal(row.Closes[:i-1], Levels()[i-1].Closes)) {
			t.Errorf("level %d closes %v, level %d %v", row.Level, row.Closes, row.Level+1, Levels()[i-1].Closes)
		}
	}
	for _, n := range []int{-1, 0, 6} {
		if Level(n) != nil {
			t.Errorf("there is a level %d", n)
		}
	}
}

func TestService(t *testing.T) {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var said bytes.Buffer
	open := func() *Service {
		s, err := Open(t.Context(), st, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	here, there := open(), open()
	if here.State().Level != Normal || here.Closed(Registrations) {
		t.Errorf("at first: %+v", here.State())
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, level := range []int{3, 1, 2} {
		if err := here.Set(t.Context(), State{level, "a wave", "alice", now}); err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Service{here, there, open()} {
			if got := s.State(); got != (State{level, "a wave", "alice", now}) {
				t.Errorf("%+v, want level %d", got, level)
			}
			for d := Registrations; d <= Everybody; d++ {
				if got, want := s.Closed(d), slices.Contains(Level(level).Closes, d); got != want {
					t.Errorf("level %d closes door %d: %v", level, d, got)
				}
			}
		}
	}
	// What cannot be read changes nothing.
	_ = st.Delete(t.Context(), store.Settings, key, 0)
	if here.State().Level != Normal {
		t.Error("without a record it is not calm")
	}
	if _, err := st.Put(t.Context(), store.Settings, key, []byte("nonsense"), 0); err != nil {
		t.Fatal(err)
	}
	if here.State().Level != Normal || !strings.Contains(said.String(), "cannot be read") {
		t.Errorf("%+v, %s", here.State(), said.String())
	}
	var none *Service
	if none.Closed(Everybody) || none.State().Level != Normal {
		t.Error("no service is not calm")
	}
}
