package chanserv

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:       "SUSPEND",
		Usage:      "<channel> [<duration>] [<reason>]",
		Help:       "Closes a registered channel: nobody can join it or use its registration, which stays as it is.",
		Privileged: true, Oper: privs.Channels,
		Run: suspend,
	})
	_ = add(dispatch.Command{
		Name:       "UNSUSPEND",
		Usage:      "<channel>",
		Help:       "Opens a channel that was suspended.",
		Privileged: true, Oper: privs.Channels,
		Run: unsuspend,
	})
	_ = add(dispatch.Command{
		Name:       "PURGE",
		Help:       "Channels that nobody may use or register.",
		Privileged: true, Oper: privs.Channels,
		Subcommands: dispatch.Table{
			"ADD": {Name: "ADD", Usage: "<channel> [<duration>] [<reason>]", Help: "Removes all members and the registration of a channel, and forbids it.",
				Privileged: true, Oper: privs.Channels, Run: purge},
			"DEL": {Name: "DEL", Usage: "<channel>", Help: "Permits a channel again.",
				Privileged: true, Oper: privs.Channels, Run: unpurge},
			"LIST": {Name: "LIST", Help: "Lists the channels that are forbidden.",
				Privileged: true, Oper: privs.Channels, Run: listPurged},
		},
	})
)

// ruling is what an operator has decided.
func ruling(r *dispatch.Request) *chanreg.Ruling {
	d, reason := timed(r, 1)
	now := r.Server.Now()
	return &chanreg.Ruling{Reason: reason, By: r.User.Identity().Oper.Name, Since: now, Until: until(now, d)}
}

func suspend(r *dispatch.Request) error {
	g, err := hold(r)
	if err != nil {
		return err
	}
	d := ruling(r)
	if err := change(r, g.Name, func(rec *chanreg.Record) error { rec.Suspended = d; return nil }); err != nil {
		return err
	}
	r.Audit(audit.Channel, g.Name, "SUSPEND "+d.Reason)
	closeDown(r, g.Name, d.Reason)
	r.Notice("%s is suspended.", g.Name)
	return nil
}

// closeDown removes all members of a channel.
func closeDown(r *dispatch.Request, name, reason string) {
	ch := r.Server.Network.World.Channel(name)
	if ch == nil {
		return
	}
	if reason == "" {
		reason = r.Server.Network.Words("This channel is closed")
	}
	for _, m := range members(ch) {
		remove(r, ch, m.User, reason)
	}
}

func unsuspend(r *dispatch.Request) error {
	g, err := hold(r)
	if err != nil {
		return err
	}
	if g.Suspended == nil {
		return no("%s is not suspended.", g.Name)
	}
	if err := change(r, g.Name, func(rec *chanreg.Record) error { rec.Suspended = nil; return nil }); err != nil {
		return err
	}
	r.Audit(audit.Channel, g.Name, "UNSUSPEND")
	r.Notice("%s is not suspended any more.", g.Name)
	return nil
}

func purge(r *dispatch.Request) error {
	name, w := r.Param(0), r.Server.Network.World
	if !w.Mapping.ValidChannel(name, r.Server.Config().Limits.ChannelLength) {
		return no("%s is not a valid name of a channel.", name)
	}
	if rec := r.Server.Channels.Lookup(name); rec.Registered() {
		if err := dissolve(r, rec); err != nil {
			return err
		}
	}
	d := ruling(r)
	if err := keep(r, func(ctx context.Context) error {
		return r.Server.Channels.Change(ctx, name, func(rec *chanreg.Record) error { rec.Forbidden = d; return nil })
	}); err != nil {
		return err
	}
	r.Audit(audit.Channel, name, "PURGE ADD "+d.Reason)
	closeDown(r, name, d.Reason)
	r.Notice("%s is forbidden.", name)
	return nil
}

var errNotForbidden = errors.New("the channel is not forbidden")

func unpurge(r *dispatch.Request) error {
	err := keep(r, func(ctx context.Context) error {
		return r.Server.Channels.Change(ctx, r.Param(0), func(rec *chanreg.Record) error {
			if rec.Forbidden == nil {
				return errNotForbidden
			}
			rec.Forbidden = nil
			return nil
		})
	})
	if errors.Is(err, errNotForbidden) {
		return no("%s is not forbidden.", r.Param(0))
	}
	if err == nil {
		r.Audit(audit.Channel, r.Param(0), "PURGE DEL")
		r.Notice("%s is not forbidden any more.", r.Param(0))
	}
	return err
}

func listPurged(r *dispatch.Request) error {
	n := 0
	for _, rec := range r.Server.Channels.All() {
		if d := rec.Forbidden; d != nil {
			n++
			r.Notice("%s  %s  by %s, %s", rec.Name, d.Reason, d.By, lang.Date(d.Since))
		}
	}
	r.Notice("{%d channel is|%d channels are} forbidden.", n)
	return nil
}
