package chanserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
)

var _ = add(dispatch.Command{
	Name:  "TRANSFER",
	Usage: "<channel> <account>",
	Help:  "Offers a channel to another account, which becomes the founder by accepting it.",
	Cost:  3,
	Subcommands: dispatch.Table{
		"ACCEPT": {Name: "ACCEPT", Usage: "<channel>", Help: "Accepts a channel that is offered to you.", Run: acceptTransfer},
		"CANCEL": {Name: "CANCEL", Usage: "<channel>", Help: "Takes an offer back, or refuses it.", Run: cancelTransfer},
	},
	Run: transfer,
})

func transfer(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Founder)
	if err != nil {
		return err
	}
	heir := accountOf(r, r.Param(1))
	switch {
	case heir == "":
		return no("There is no account %s.", r.Param(1))
	case same(r, heir, g.Founder):
		return no("%s is the founder of %s already.", heir, g.Name)
	case g.oper && !same(r, g.Founder, r.Account()):
		return bequeath(r, g.Record, heir, 0)
	}
	if err := change(r, g.Name, func(rec *chanreg.Record) error { rec.Heir = heir; return nil }); err != nil {
		return err
	}
	for _, u := range r.Server.Network.World.Users() {
		if same(r, u.Account(), heir) {
			r.Server.Network.Notify(actor(r), u, "%s offers you the channel %[2]s. To become its founder: /CS TRANSFER ACCEPT %[2]s", r.Account(), g.Name)
		}
	}
	r.Notice("%s is offered to %s, who becomes its founder by TRANSFER ACCEPT %s. Until then nothing changes.", g.Name, heir, g.Name)
	return nil
}

func acceptTransfer(r *dispatch.Request) error {
	rec := r.Server.Channels.Lookup(r.Param(0))
	if !rec.Registered() || r.Account() == "" || !same(r, rec.Heir, r.Account()) {
		return no("%s is not offered to you.", r.Param(0))
	}
	return bequeath(r, rec, r.Account(), r.Server.Config().Channels.Registration.PerAccount)
}

func cancelTransfer(r *dispatch.Request) error {
	rec := r.Server.Channels.Lookup(r.Param(0))
	mine := rec.Registered() && r.Account() != "" && (same(r, rec.Heir, r.Account()) || same(r, rec.Founder, r.Account()))
	if !mine || rec.Heir == "" {
		return no("%s is not offered to anybody.", r.Param(0))
	}
	if err := change(r, rec.Name, func(rec *chanreg.Record) error { rec.Heir = ""; return nil }); err != nil {
		return err
	}
	r.Notice("%s stays that of %s.", rec.Name, rec.Founder)
	return nil
}

// bequeath makes an account the founder of a channel. The one before keeps access.
func bequeath(r *dispatch.Request, rec *chanreg.Record, heir string, max int) error {
	if max > 0 && r.Server.Channels.OwnedBy(heir) >= max {
		return no("%s owns as many channels as one account may: %d.", heir, max)
	}
	before := rec.Founder
	if err := change(r, rec.Name, func(next *chanreg.Record) error {
		if !same(r, next.Founder, before) {
			return no("%s has another founder by now.", rec.Name)
		}
		give(r.Server, next, heir)
		next.Access[r.Server.Channels.Key(before)] = chanreg.Grant{
			Account: before, Flags: chanreg.Templates["SOP"], By: heir, Since: r.Server.Now(),
		}
		return nil
	}); err != nil {
		return err
	}
	r.Notice("%s is the founder of %s now.", heir, rec.Name)
	ch := present(r.Server, rec)
	restate(r, ch, before, chanreg.Templates["FOUNDER"], chanreg.Templates["SOP"])
	restate(r, ch, heir, rec.Access[r.Server.Channels.Key(heir)].Flags, chanreg.Templates["FOUNDER"])
	return nil
}

// give makes an account the founder in a record.
func give(s *dispatch.Server, rec *chanreg.Record, account string) {
	rec.Founder, rec.Owned, rec.Heir = account, s.Now(), ""
	delete(rec.Access, s.Channels.Key(account))
	if s.Network.World.Mapping.Equal(rec.Successor, account) {
		rec.Successor = ""
	}
}

// inherit ends what an account that exists no more had of channels: the successor
// becomes founder of those it owned; without one, they are not registered any more.
func inherit(ctx context.Context, s *dispatch.Server, account string) {
	is := func(other string) bool { return other != "" && s.Network.World.Mapping.Equal(other, account) }
	id := s.Channels.Key(account)
	for _, rec := range s.Channels.All() {
		if _, listed := rec.Access[id]; !listed && !is(rec.Founder) && !is(rec.Successor) && !is(rec.Heir) {
			continue
		}
		orphan, crowned := false, false
		err := s.Channels.Change(ctx, rec.Name, func(next *chanreg.Record) error {
			delete(next.Access, id)
			if is(next.Successor) {
				next.Successor = ""
			}
			if is(next.Heir) {
				next.Heir = ""
			}
			orphan, crowned = false, false
			if is(next.Founder) {
				crowned = next.Successor != "" && s.Accounts.Lookup(next.Successor) != nil
				orphan = !crowned
			}
			if crowned {
				give(s, next, next.Successor)
			}
			return nil
		})
		switch {
		case err != nil:
		case orphan:
			err = abandon(ctx, s, rec)
		case crowned:
			watch{s}.enthrone(rec)
		}
		if err != nil {
			s.Log.Warn("a channel still names an account that is gone", "channel", rec.Name, "error", err)
		}
	}
}
