package accounts

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/mail/mailtest"
)

const day = 24 * time.Hour

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestExpiry: accounts that nobody uses go, after their owners were written to; those
// that are in use, on vacation, suspended or kept by an operator stay.
func TestExpiry(t *testing.T) {
	mailed(t, false, func(t *testing.T, s *Service, box *mailtest.Box) {
		now := time.Now()
		s.clock = func() time.Time { return now }
		o := *s.options()
		o.ExpireAfter = 100 * day
		must(t, s.Configure(o))
		ctx := t.Context()
		names := []string{"unused", "written", "used", "away", "suspended", "kept", "here"}
		for _, name := range names {
			g := Registration{Name: name, Password: "secret-tea"}
			if name == "written" {
				g.Email = "written@example.org"
			}
			p, _, err := s.Register(ctx, g)
			must(t, err)
			s.Note(p, home)
		}
		_, err := s.update(ctx, "written", func(rec *record, _ *batch) error { rec.Confirmed = true; return nil })
		must(t, err)
		must(t, s.Vacation(ctx, "away", now.Add(200*day)))
		must(t, s.Suspend(ctx, "suspended", Suspension{}))
		must(t, s.Last(ctx, "kept", true))
		s.Present(func() []string { return []string{"here"} })
		tend := func(after time.Duration, gone ...string) {
			t.Helper()
			now = now.Add(after)
			removed, err := s.Tend(ctx)
			must(t, err)
			slices.Sort(removed)
			if !slices.Equal(removed, gone) {
				t.Errorf("%v are removed instead of %v", removed, gone)
			}
		}
		tend(60 * day)
		s.Seen("used")
		at, err := s.Expiry(ctx, "used")
		if err != nil || !at.Equal(now.UTC().Add(100*day)) {
			t.Errorf("who was just used expires on %v (%v)", at, err)
		}
		synctest.Wait() // until what was mailed before is there
		before := box.Len()
		tend(15 * day) // the month begins in which owners are written to
		tend(day)
		synctest.Wait()
		if n := box.Len() - before; n != 1 {
			t.Errorf("%d letters are sent", n)
		}
		tend(23 * day)
		tend(2*day, "unused")
		tend(5*day, "written")
		tend(53 * day)
		tend(2*day, "used")
		tend(138 * day)
		tend(2*day, "away")
		if a := s.Lookup("kept"); a == nil || s.Lookup("here") == nil || s.Lookup("suspended") == nil {
			t.Error("an account is gone that should have stayed")
		}
	})
}

// TestExpiryOfUnknownAge: of accounts that come from elsewhere nobody knows when they were
// used; they do not all go when expiry is switched on.
func TestExpiryOfUnknownAge(t *testing.T) {
	mailed(t, false, func(t *testing.T, s *Service, box *mailtest.Box) {
		now := time.Now()
		s.clock = func() time.Time { return now }
		_, _, err := s.Register(t.Context(), Registration{Name: "alice", Password: "secret-tea"})
		must(t, err)
		now = now.Add(1000 * day)
		o := *s.options()
		o.ExpireAfter = 100 * day
		must(t, s.Configure(o))
		for _, want := range []int{0, 0, 1} {
			removed, err := s.Tend(t.Context())
			must(t, err)
			if len(removed) != want {
				t.Errorf("%v are removed", removed)
			}
			now = now.Add(50*day + time.Hour)
		}
	})
}
