package httpapi

import (
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
)

// Follow publishes what happens on a server. It is called once, before anything does.
func (b *Bus) Follow(core *dispatch.Server) {
	f := follower{b, core, map[string]string{}}
	core.Recorded = func(e audit.Entry) { f.tell("oper.act", actOf(e)) }
	core.Network.Hooks.Informed = f.informed
	if core.Accounts != nil {
		core.Accounts.OnChange(f.account)
	}
	if core.Channels != nil {
		for _, r := range core.Channels.All() {
			f.founders[r.Name] = r.Founder
		}
		core.Channels.OnChange(f.channel)
	}
	if core.Bans != nil {
		core.Bans.OnChange(f.ban)
	}
}

type follower struct {
	bus  *Bus
	core *dispatch.Server
	// founders are those of the channels, by name; only their changes are told.
	founders map[string]string
}

// Tell publishes an event of a server.
func (b *Bus) Tell(core *dispatch.Server, kind string, data any) {
	if !b.awake.Load() {
		return
	}
	stamp := core.Network.Clock.Stamp()
	b.Publish(Event{ID: stamp.ID(), Type: kind, Time: stamp.Time().UTC(), Server: core.Name(), Data: data})
}

func (f follower) tell(kind string, data any) { f.bus.Tell(f.core, kind, data) }

func (f follower) informed(letter byte, text lang.Phrase) {
	for _, row := range modes.Snomasks() {
		if row.Letter == letter && f.bus.awake.Load() {
			f.tell("server.notice", NoticeEvent{row.Name, text.String()})
		}
	}
}

func (f follower) account(old, a *accounts.Account) {
	switch {
	case a == nil:
		f.tell("account.removed", AccountEvent{Account: old.Name})
	case old == nil:
		f.tell("account.registered", AccountEvent{Account: a.Name})
	case !old.Verified && a.Verified:
		f.tell("account.verified", AccountEvent{Account: a.Name})
	case old.Suspended == nil && a.Suspended != nil:
		f.tell("account.suspended", AccountEvent{a.Name, a.Suspended.Reason})
	case old.Suspended != nil && a.Suspended == nil:
		f.tell("account.unsuspended", AccountEvent{Account: a.Name})
	}
}

// channel is called for one change after the other.
func (f follower) channel(name string, r *chanreg.Record) {
	before, now := f.founders[name], ""
	if r != nil {
		now = r.Founder
	}
	switch {
	case now == before:
		return
	case now == "":
		f.tell("channel.dropped", ChannelEvent{name, before})
		delete(f.founders, name)
		return
	case before == "":
		f.tell("channel.registered", ChannelEvent{name, now})
	default:
		f.tell("channel.founder", ChannelEvent{name, now})
	}
	f.founders[name] = now
}

func (f follower) ban(old, next *bans.Ban) {
	if next == nil {
		f.tell("ban.removed", banOf(bans.Listed{Ban: old}))
		return
	}
	f.tell("ban.set", banOf(bans.Listed{Ban: next}))
}
