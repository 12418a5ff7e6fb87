package chanreg

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

func openStore(t *testing.T) *bunt.Store {
	t.Helper()
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func open(t *testing.T, st store.Store) *Service {
	t.Helper()
	s, err := Open(t.Context(), st, casemap.ASCII, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func register(t *testing.T, s *Service, name, founder string) {
	t.Helper()
	if err := s.Register(t.Context(), founder, Look{Name: name}, 0, now); err != nil {
		t.Fatal(err)
	}
}

func TestRegister(t *testing.T) {
	s := open(t, openStore(t))
	register(t, s, "#Tea", "alice")
	for _, test := range []struct {
		name string
		max  int
		want error
	}{
		{"#tea", 0, ErrRegistered},
		{"#t\u0435a", 0, ErrLookalike}, // a Cyrillic letter
		{"#coffee", 1, ErrLimit},
		{"#coffee", 2, nil},
	} {
		if err := s.Register(t.Context(), "alice", Look{Name: test.name}, test.max, now); !errors.Is(err, test.want) {
			t.Errorf("registering %s as number %d: %v, want %v", test.name, test.max, err, test.want)
		}
	}
	r := s.Lookup("#TEA")
	if got := s.FlagsOf(r, "Alice", now); !got.Has(Founder) {
		t.Errorf("the founder has %q", got)
	}
	if err := s.Drop(t.Context(), "#tea", false); err != nil || s.Lookup("#tea") != nil {
		t.Errorf("dropped: %v, %v is left", err, s.Lookup("#tea"))
	}
	if err := s.Drop(t.Context(), "#tea", false); !errors.Is(err, ErrNotFound) {
		t.Errorf("dropped again: %v", err)
	}
	register(t, s, "#t\u0435a", "bob")
}

// TestRegisterOnce lets several servers register the same channel at once.
func TestRegisterOnce(t *testing.T) {
	st := openStore(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 8 {
		s := open(t, st)
		all.Go(func() {
			err := s.Register(t.Context(), fmt.Sprint("user", i), Look{Name: "#tea"}, 0, now)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !errors.Is(err, ErrRegistered):
				t.Error(err)
			}
		})
	}
	if all.Wait(); won != 1 {
		t.Errorf("%d own the channel", won)
	}
}

// TestChangeTogether lets several servers change a record at once: none loses what
// another has done.
func TestChangeTogether(t *testing.T) {
	st := openStore(t)
	services := []*Service{open(t, st), open(t, st), open(t, st)}
	register(t, services[0], "#tea", "alice")
	var all sync.WaitGroup
	for i := range 30 {
		all.Go(func() {
			name := fmt.Sprint("user", i)
			if err := services[i%3].Change(t.Context(), "#tea", func(r *Record) error {
				r.Access[name] = Grant{Account: name, Flags: "v"}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, s := range services {
		if n := len(s.Lookup("#tea").Access); n != 30 {
			t.Errorf("there are %d entries, want 30", n)
		}
	}
}

func TestRulings(t *testing.T) {
	s := open(t, openStore(t))
	register(t, s, "#tea", "alice")
	if err := s.Change(t.Context(), "#tea", func(r *Record) error {
		r.Suspended = &Ruling{Since: now, Until: now.Add(time.Hour)}
		r.Akicks = []Akick{{Mask: "a:bob", Until: now.Add(time.Hour)}, {Mask: "*!*@x.example"}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	r := s.Lookup("#tea")
	if r.Closed(now) == nil || r.Closed(now.Add(2*time.Hour)) != nil {
		t.Error("a suspension does not end when it should")
	}
	if s.FlagsOf(r, "alice", now) != "" || s.FlagsOf(r, "alice", now.Add(time.Hour)) == "" {
		t.Error("a suspended registration gives flags, or one that is not gives none")
	}
	bob := user{account: "bob", mask: "bob!b@y.example"}
	if s.Akicked("#TEA", bob, now) == nil || s.Akicked("#tea", bob, now.Add(2*time.Hour)) != nil {
		t.Error("an akick does not end when it should")
	}
	if s.Akicked("#tea", user{mask: "eve!e@x.example"}, now.Add(time.Hour*999)) == nil {
		t.Error("an akick for ever has ended")
	}
}

type user struct{ account, mask string }

func (u user) Addr() netip.Addr                      { return netip.Addr{} }
func (u user) Masks() []string                       { return []string{u.mask} }
func (u user) Account() string                       { return u.account }
func (user) Realname() string                        { return "" }
func (user) CertFP() string                          { return "" }
func (user) Country() string                         { return "" }
func (user) ASN() string                             { return "" }
func (user) OperName() string                        { return "" }
func (user) ServerName() string                      { return "" }
func (user) Secure() bool                            { return false }
func (user) InGroup(string) bool                     { return false }
func (user) InChannel(casemap.Folded) (string, bool) { return "", false }

// TestRename tests that a record follows its channel.
func TestRename(t *testing.T) {
	st := openStore(t)
	s := open(t, st)
	register(t, s, "#tea", "alice")
	if err := s.rename(t.Context(), "#tea", Look{Name: "#Chai"}); err != nil {
		t.Fatal(err)
	}
	if s.Lookup("#tea") != nil || s.Lookup("#chai").Founder != "alice" || s.Lookup("#chai").Name != "#Chai" {
		t.Errorf("there are %v and %v", s.Lookup("#tea"), s.Lookup("#chai"))
	}
}

// TestGroups tests that a channel knows which others stand for people in it.
func TestGroups(t *testing.T) {
	s := open(t, openStore(t))
	register(t, s, "#tea", "alice")
	if err := s.Change(t.Context(), "#tea", func(r *Record) error {
		r.Access["bob"] = Grant{Account: "bob", Flags: "V"}
		r.Access["#team"] = Grant{Account: "#Team", Flags: "O"}
		r.Templates["HELPER"] = "V"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if g := s.Groups("#TEA"); len(g) != 1 || g[0].Account != "#Team" {
		t.Errorf("the groups are %v", g)
	}
	if all := s.GroupedBy("#TEAM"); len(all) != 1 || all[0].Name != "#tea" {
		t.Errorf("the group is in %v", all)
	}
	r := s.Lookup("#tea")
	if got := r.TemplateOf("V"); got != "HELPER" {
		t.Errorf("V is the template %q", got)
	}
	if got := r.TemplateOf(Templates["AOP"]); got != "AOP" {
		t.Errorf("the flags of AOP are the template %q", got)
	}
}

// TestActs tests that no more is kept of what was changed than may be.
func TestActs(t *testing.T) {
	s := open(t, openStore(t))
	register(t, s, "#tea", "alice")
	for i := range maxActs + 7 {
		if err := s.Change(t.Context(), "#tea", func(r *Record) error {
			r.Note(Act{At: now, By: "alice", What: fmt.Sprint(i)})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if acts := s.Lookup("#tea").Acts; len(acts) != maxActs || acts[0].What != "7" {
		t.Errorf("there are %d acts, the first is %+v", len(acts), acts[0])
	}
}

// TestDropIf tests that a registration stays that is used again.
func TestDropIf(t *testing.T) {
	s := open(t, openStore(t))
	register(t, s, "#tea", "alice")
	if got := s.Lookup("#tea").LastUsed(); !got.Equal(now) {
		t.Errorf("used last at %v", got)
	}
	unused := func(r *Record) bool { return r.Used.IsZero() }
	if err := s.Change(t.Context(), "#tea", func(r *Record) error { r.Used = now.Add(time.Hour); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.DropIf(t.Context(), "#tea", false, unused); !errors.Is(err, ErrNotFound) || s.Lookup("#tea") == nil {
		t.Errorf("dropped: %v", err)
	}
	if got := s.Lookup("#tea").LastUsed(); !got.Equal(now.Add(time.Hour)) {
		t.Errorf("used last at %v", got)
	}
}
