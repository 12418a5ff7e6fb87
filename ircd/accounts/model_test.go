package accounts

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// TestModel runs random programs and checks after each step what must always
// hold: every name has one owner, and nothing is left of what was removed.
func TestModel(t *testing.T) {
	names := []string{"bob", "b0b", "alice", "AL1CE", "carol", "Car0l"}
	rapid.Check(t, func(rt *rapid.T) {
		st, err := bunt.Open(bunt.Memory)
		if err != nil {
			rt.Fatal(err)
		}
		defer st.Close()
		c := &clock{}
		o := options(c)
		o.VerifyEmail = rapid.Bool().Draw(rt, "verify")
		s, err := Open(ctx, st, o)
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		name := func(what string) string { return rapid.SampledFrom(names).Draw(rt, what) }
		cert := func() string { return fp(rapid.IntRange(1, 3).Draw(rt, "cert")) }
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			step(rt, s, c, name, cert)
			if err := consistent(st, s); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

func step(rt *rapid.T, s *Service, c *clock, name func(string) string, cert func() string) {
	switch rapid.SampledFrom([]string{"register", "register", "cert", "uncert", "nick", "unnick", "rename",
		"suspend", "unsuspend", "unregister", "erase", "release", "sweep"}).Draw(rt, "step") {
	case "register":
		s.Register(ctx, Registration{Name: name("name"), Cert: cert()})
	case "cert":
		s.AddCert(ctx, name("name"), cert(), "")
	case "uncert":
		s.RemoveCert(ctx, name("name"), cert())
	case "nick":
		s.AddNick(ctx, name("name"), name("nick"))
	case "unnick":
		s.RemoveNick(ctx, name("name"), name("nick"))
	case "rename":
		s.Rename(ctx, name("name"), name("new"), alone)
	case "suspend":
		s.Suspend(ctx, name("name"), Suspension{})
	case "unsuspend":
		s.Unsuspend(ctx, name("name"))
	case "unregister":
		s.Unregister(ctx, name("name"))
	case "erase":
		s.Erase(ctx, name("name"))
	case "release":
		s.Release(ctx, name("name"))
	case "sweep":
		c.advance(25 * time.Hour)
		if _, err := s.Sweep(ctx); err != nil {
			rt.Fatal(err)
		}
	}
}

// consistent compares what the accounts own with the other shelves.
func consistent(st store.Store, s *Service) error {
	owned := map[string]string{}
	s.List(func(a *Account) bool {
		for _, nick := range append([]string{a.Name}, a.Nicks...) {
			owned["nick "+string(casemap.ASCII.Skeleton(nick))] += string(a.Folded)
		}
		for _, c := range a.Certs {
			owned["cert "+c.Fingerprint] += string(a.Folded)
		}
		return true
	})
	var found []error
	note := func(what string, account casemap.Folded) {
		if account != "" && owned[what] != string(account) {
			found = append(found, fmt.Errorf("%s is of %q, and of %q by its account", what, account, owned[what]))
		}
		delete(owned, what)
	}
	st.List(ctx, store.Nicks, "", func(r store.Record) bool {
		n, _ := nickSchema.Decode(r.Value)
		note("nick "+r.Key, n.Account)
		return true
	})
	st.List(ctx, store.Certs, "", func(r store.Record) bool {
		c, _ := certSchema.Decode(r.Value)
		note("cert "+r.Key, c.Account)
		return true
	})
	if len(owned) > 0 {
		found = append(found, fmt.Errorf("without a record: %v", owned))
	}
	return errors.Join(found...)
}
