package chanserv

import (
	"context"
	"errors"
	"strings"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:  "REGISTER",
		Usage: "<channel>",
		Help:  "Registers a channel of which you are an operator. You become its founder.",
		Cost:  5,
		Run:   register,
	})
	_ = add(dispatch.Command{
		Name:       "SAREGISTER",
		Usage:      "<channel> <account>",
		Help:       "Registers a channel for somebody else.",
		Privileged: true, Oper: privs.Channels,
		Run: saregister,
	})
)

func register(r *dispatch.Request) error {
	c, name := r.Server.Config().Channels.Registration, r.Param(0)
	ch := r.Server.Network.World.Channel(name)
	switch {
	case !c.Enabled:
		return no("Channels cannot be registered here.")
	case !r.Registrations():
		return no("No channels can be registered just now; try again later.")
	case !casemap.IsChannel(name):
		return no("%s is not the name of a channel: that begins with #.", name)
	case r.Account() == "":
		return no("Log in to your account first. If you have none, NickServ registers one.")
	case ch == nil || !isMember(ch, r.User):
		return no("Join the channel first: its operators can register it.")
	case !isOp(ch, r.User):
		return no("Only operators of the channel can register it.")
	}
	if p := namespace(r.Server, ch.Name()); p != nil && !flagsOf(r.Server, p, r.Account()).Has(chanreg.Set) {
		return no("Channels that begin with %s- belong to %s: ask there.", p.Name, p.Name)
	}
	if owner := prefixOwner(r.Server, ch.Name()); owner != "" && !same(r, owner, r.Account()) {
		return no("Channels that begin with #%s- are for the account %s.", owner, owner)
	}
	if err := establish(r, ch, r.Account(), c.PerAccount); err != nil {
		return err
	}
	setModes(r, ch, mode(r.Server, modes.Founder, true, r.User.Nick()))
	r.Server.Network.Inform(modes.SnoChannels, "%[1]s registers the channel %[2]s", r.User.Source(), ch.Name())
	r.Notice("Channel %s is registered: you are its founder.", ch.Name())
	return nil
}

func isOp(ch *state.Channel, u *state.User) (is bool) {
	ch.View(func(v state.View) { is = v.Member(u).AtLeast(modes.Operator) })
	return is
}

func saregister(r *dispatch.Request) error {
	a := r.Server.Accounts.Lookup(r.Param(1))
	name, w := r.Param(0), r.Server.Network.World
	switch {
	case a == nil:
		return no("There is no account %s.", r.Param(1))
	case !w.Mapping.ValidChannel(name, r.Server.Config().Limits.ChannelLength):
		return no("%s is not a valid name of a channel.", name)
	}
	ch := w.Channel(name)
	if ch == nil {
		ch = r.Server.Network.Restore(name, r.Server.Network.Clock.Stamp(), nil)
	}
	if err := establish(r, ch, a.Name, 0); err != nil {
		return err
	}
	r.Audit(audit.Channel, ch.Name(), "SAREGISTER "+a.Name)
	sync(r, ch)
	r.Notice("Channel %s is registered; its founder is %s.", ch.Name(), a.Name)
	return nil
}

// establish makes a channel that of an account.
func establish(r *dispatch.Request, ch *state.Channel, account string, max int) error {
	look := chanreg.LookOf(ch)
	err := keep(r, func(ctx context.Context) error {
		return r.Server.Channels.Register(ctx, account, look, max, r.Server.Now())
	})
	switch {
	case errors.Is(err, chanreg.ErrRegistered):
		return no("%s is registered already.", look.Name)
	case errors.Is(err, chanreg.ErrForbidden):
		return no("%s may not be registered.", look.Name)
	case errors.Is(err, chanreg.ErrLookalike):
		return no("The name %s looks like that of a channel which is registered.", look.Name)
	case errors.Is(err, chanreg.ErrLimit):
		return no("%s owns as many channels as one account may: %d.", account, max)
	case err != nil:
		return err
	}
	r.Server.Network.MarkRegistered(actor(r), ch, true)
	return nil
}

// namespace returns the channel that a name such as #tea-green belongs to: #tea, if
// that is registered and claims such names, or one that looks like it. It is nil if there
// is none.
func namespace(s *dispatch.Server, name string) *chanreg.Record {
	for i := strings.LastIndexByte(name, '-'); i > 1; i = strings.LastIndexByte(name[:i], '-') {
		for _, p := range []*chanreg.Record{s.Channels.Lookup(name[:i]), s.Channels.Lookalike(name[:i])} {
			if p.Registered() && p.On("namespace") {
				return p
			}
		}
	}
	return nil
}

// prefixOwner returns the account that channels such as #alice-tea are kept for, if the
// network does that: alice, if there is such an account, or one of which that looks like
// the name or a nick. Names that belong to a registered channel are that one's.
func prefixOwner(s *dispatch.Server, name string) string {
	if s.Accounts == nil || !s.Config().Channels.Registration.AccountPrefixes || namespace(s, name) != nil {
		return ""
	}
	for i := strings.LastIndexByte(name, '-'); i > 1; i = strings.LastIndexByte(name[:i], '-') {
		if claim, ok := s.Accounts.Claim(strings.TrimPrefix(name[:i], "#")); ok && claim.Account != nil {
			return claim.Account.Name
		}
	}
	return ""
}
