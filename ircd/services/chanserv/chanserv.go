// Package chanserv implements ChanServ, by which people own channels, say who may do
// what in them, and do it. Its commands are a file each, or a file for a few that are
// alike; hooks.go is what it does by itself.
//
// Everything that is asked of ChanServ ends in a change of the channel's record
// (package chanreg) and in ordinary events of package network, whose source is
// ChanServ. So nothing of it has to know how many servers there are.
package chanserv

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
)

// Service is ChanServ.
var Service = &dispatch.Service{
	Nick:     "ChanServ",
	Aliases:  []string{"CS"},
	About:    "ChanServ lets you own channels: who may do what in them stays so while nobody is there.",
	Commands: dispatch.Table{},
	Groups: []dispatch.Group{
		{Title: "To own a channel:", Commands: []string{"REGISTER", "INFO", "SET", "LOG", "CLONE", "TRANSFER", "RECOVER", "DROP", "LIST"}},
		{Title: "Who may do what:", Commands: []string{
			"FLAGS", "TEMPLATE", "SOP", "AOP", "HOP", "VOP", "ACCESS", "AMODE", "STATUS", "WHY", "COUNT", "SYNC",
		}},
		{Title: "To keep order:", Commands: []string{"KICK", "BAN", "TBAN", "UNBAN", "QUIET", "UNQUIET", "AKICK", "CLEAR"}},
		{Title: "Statuses of members:", Commands: []string{
			"OP", "DEOP", "VOICE", "DEVOICE", "HALFOP", "DEHALFOP", "PROTECT", "DEPROTECT", "OWNER", "DEOWNER",
		}},
		{Title: "In the channel:", Commands: []string{"TOPIC", "INVITE", "GETKEY", "SEEN"}},
		{Title: "For operators of the network:", Commands: []string{"SAREGISTER", "SUSPEND", "UNSUSPEND", "PURGE"}},
	},
	Spoken: []string{
		"OP", "DEOP", "HALFOP", "DEHALFOP", "VOICE", "DEVOICE", "PROTECT", "DEPROTECT", "OWNER", "DEOWNER",
		"KICK", "BAN", "TBAN", "UNBAN", "QUIET", "UNQUIET", "AKICK", "TOPIC", "INVITE", "FLAGS", "SYNC", "WHY", "COUNT", "SEEN",
	},
}

func add(c dispatch.Command) bool { return Service.Commands.Add(c) }

// no is a refusal.
func no(text lang.Text, words ...any) error { return numerics.Fail{Text: text, Words: words} }

// actor is ChanServ on behalf of the client.
func actor(r *dispatch.Request) network.Actor {
	return network.Actor{Service: Service.Source(), Session: r.Session}
}

// A grip is a registered channel, and what the client may do in it.
type grip struct {
	*chanreg.Record
	flags chanreg.Flags
	oper  bool // flags are an operator's
}

// hold returns the registered channel that the first parameter names, if the client
// has one of these flags there; 0 is any. Operators with the privilege have all.
func hold(r *dispatch.Request, flags ...rune) (g grip, err error) {
	return holdOf(r, r.Param(0), flags...)
}

// holdOf is hold for a channel that another parameter names.
func holdOf(r *dispatch.Request, name string, flags ...rune) (g grip, err error) {
	g.Record = r.Server.Channels.Lookup(name)
	g.oper = r.May(privs.Channels)
	g.flags = flagsOf(r.Server, g.Record, r.Account())
	if g.oper {
		g.flags = chanreg.Templates["FOUNDER"]
	}
	switch {
	case !g.Registered() || !g.oper && g.flags == "" && !visible(r, g.Record) && !founded(r, g.Record):
		return g, no("%s is not registered.", name)
	case r.Account() == "" && !g.oper:
		return g, no("Log in to your account first.")
	case g.Closed(r.Server.Now()) != nil && !g.oper:
		return g, no("The registration of %s is suspended.", g.Name)
	}
	for _, f := range flags {
		if f == 0 && g.flags != "" || f != 0 && g.flags.Has(f) {
			if own := flagsOf(r.Server, g.Record, r.Account()); g.oper && !own.Has(f) && (f != 0 || own == "") {
				r.Audit(audit.Channel, g.Name, r.Message.Command)
			}
			return g, nil
		}
	}
	if len(flags) == 0 {
		return g, nil
	}
	return g, lacking(g.Record, flags)
}

func lacking(rec *chanreg.Record, flags []rune) error {
	if flags[0] == 0 {
		return no("You have no access to %s.", rec.Name)
	}
	if flags[0] == chanreg.Founder {
		return no("Only the founder of %s may do that.", rec.Name)
	}
	return no("You may not do that in %s: it takes the flag %c.", rec.Name, flags[0])
}

// flagsOf returns what an account may do in a channel.
func flagsOf(s *dispatch.Server, rec *chanreg.Record, account string) chanreg.Flags {
	return s.FlagsIn(rec, account)
}

// visible reports whether the client may know that the channel is registered.
func visible(r *dispatch.Request, rec *chanreg.Record) bool {
	ch := r.Server.Network.World.Channel(rec.Name)
	if r.May(privs.Channels) || flagsOf(r.Server, rec, r.Account()) != "" {
		return true
	}
	return !rec.On("private") && (ch == nil || r.CanSee(ch)) || ch != nil && isMember(ch, r.User)
}

// founded reports whether the client is the founder, suspended or not.
func founded(r *dispatch.Request, rec *chanreg.Record) bool {
	return r.Account() != "" && r.Server.Network.World.Mapping.Equal(rec.Founder, r.Account())
}

func isMember(ch *state.Channel, u *state.User) (is bool) {
	ch.View(func(v state.View) { is = v.Member(u) != nil })
	return is
}

// channel returns the channel itself, which there always is.
func (g grip) channel(r *dispatch.Request) *state.Channel { return present(r.Server, g.Record) }

// present returns the channel of a record, and makes it known if it is not.
func present(s *dispatch.Server, rec *chanreg.Record) *state.Channel {
	if ch := s.Network.World.Channel(rec.Name); ch != nil {
		return ch
	}
	return s.Network.Restore(rec.Name, rec.Incarnation, rec.Facts)
}

// change changes the record of a channel, and what LOG says of that, which is durable
// then. f is as for chanreg.Service.Change.
func change(r *dispatch.Request, name string, f func(rec *chanreg.Record) error) error {
	a, kept := act(r), (*chanreg.Record)(nil)
	err := keep(r, func(ctx context.Context) error {
		return r.Server.Channels.Change(ctx, name, func(rec *chanreg.Record) error {
			if !rec.Registered() {
				return no("%s is not registered.", name)
			}
			kept = rec
			rec.Note(a)
			return f(rec)
		})
	})
	if err == nil {
		report(r, kept, a)
	}
	return err
}

// keep waits for a change of the store.
func keep(r *dispatch.Request, f func(ctx context.Context) error) error {
	err := r.Wait(f)
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrConflict) {
		return no("This could not be stored just now. Try again later.")
	}
	return err
}

// setModes makes changes in the name of ChanServ.
func setModes(r *dispatch.Request, ch *state.Channel, changes ...modes.Change) {
	for _, err := range r.Server.Network.ChangeModes(actor(r), ch, changes, true) {
		if reply, ok := err.(numerics.Reply); ok {
			r.Notice(lang.Verbatim, reply.Last())
		}
	}
}

// mode returns a change of a mode.
func mode(s *dispatch.Server, letter byte, add bool, param string) modes.Change {
	return modes.Change{Mode: s.Network.World.Modes.ByLetter(letter), Add: add, Param: param}
}

// duration reads how long something lasts: "90m", "7d", or a number of minutes. It
// reports false for other words.
func duration(word string) (time.Duration, bool) {
	if word == "" || word[0] < '0' || word[0] > '9' {
		return 0, false
	}
	if strings.Trim(word, "0123456789") == "" {
		word += "m"
	}
	d, err := config.ParseDuration(word)
	return d.Std(), err == nil && d > 0
}

// until returns the time after d, or zero if d is.
func until(now time.Time, d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return now.Add(d)
}
