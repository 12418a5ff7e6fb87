package network

import (
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

// The reasons for which a channel keeps its name.
// https://ircv3.net/specs/extensions/channel-rename#errors
var (
	nameInUse    = numerics.Fail{Command: "RENAME", Code: "CHANNEL_NAME_IN_USE", Text: "The channel name is already taken"}
	cannotRename = numerics.Fail{Command: "RENAME", Code: "CANNOT_RENAME", Text: "The channel cannot be renamed"}
)

// Rename gives a channel another name, which the caller has found valid. Nothing
// else about the channel changes.
// https://ircv3.net/specs/extensions/channel-rename
func (n *Network) Rename(by Actor, ch *state.Channel, name, reason string) error {
	if err := n.mayName(by, name); err != nil {
		return err
	}
	old, lasted := ch.Name(), lasts(ch)
	err := n.World.Update(func(tx *state.Tx) error {
		if tx.Channel(ch.Name()) != ch {
			return numerics.NoSuchChannel.With(ch.Name())
		}
		var e *event.Event
		b := event.Renamed{Old: ch.Name(), New: name, Reason: reason}
		err := ch.Update(func(cx state.ChannelTx) error {
			if err := n.mayRename(tx, cx, by, name); err != nil {
				return err
			}
			place := fact(event.Key{Kind: event.Place, Incarnation: cx.Incarnation()}, name)
			shown := fact(cx.Key(event.Name, "", ""), name)
			e = n.event(by, b, append(cx.Restated(n.World.Mapping.Fold(name)), place, shown)...)
			return nil
		})
		if err == nil {
			n.stall(by, lasted)
			n.shiftAll(b.Old, b.New)
			n.publish(e)
			n.applyRename(tx, by, e, b)
		}
		return err
	})
	if err == nil {
		n.changed(by, ch, lasted, old)
	}
	return err
}

// mayName refuses a name that is kept for somebody else.
func (n *Network) mayName(by Actor, name string) error {
	if n.Hooks.Admit == nil || n.World.Channel(name) != nil {
		return nil
	}
	return n.Hooks.Admit(by.User, name, nil)
}

func (n *Network) mayRename(tx *state.Tx, cx state.ChannelTx, by Actor, name string) error {
	ch, cfg, now := cx.Channel(), n.Config().Channels, n.Clock.Now()
	override := may(by.User, privs.Override)
	if err := cx.View().MayRename(by.User); err != nil && !n.overrides(by, "RENAME", cx.Name()) {
		if cx.Member(by.User) == nil {
			return notOn(cx, by.User)
		}
		return err
	}
	cannot := cannotRename.With(cx.Name(), name)
	at, again := tx.Moved(cx)
	old := tx.Forwarded(name, now)
	switch other := tx.Channel(name); {
	case name == cx.Name(), other != nil && other != ch, old != nil && old != ch:
		return nameInUse.With(cx.Name(), name)
	case n.World.Linked && name != "" && other == nil && !n.heirOf(string(n.World.Mapping.Fold(name)), by.User):
		// What was said there would be theirs.
		cannot.Text = "Others have talked under this name not long ago"
		return cannot
	case override:
	case again && now.Sub(at) < time.Duration(cfg.RenameInterval):
		cannot.Text = "This channel has been renamed recently"
		return cannot
	case other == ch:
	case cfg.OpersOnlyCreate:
		cannot.Text = "Only operators of the network name channels here"
		return cannot
	case len(cx.Members()) > cfg.RenameMembers:
		cannot.Text = "The channel has too many members to be renamed"
		return cannot
	}
	return nil
}

// applyRename moves all that belongs to the incarnation which the event names to
// where the latest renaming puts it, whatever it is called here. Mostly that is a
// channel, which gets the name. It is more if servers have done something else with
// either name at the same time.
func (n *Network) applyRename(tx *state.Tx, by Actor, e *event.Event, b event.Renamed) {
	i := slices.IndexFunc(e.Facts, func(f event.Fact) bool { return f.Kind == event.Place })
	if i < 0 {
		return
	}
	inc := e.Facts[i].Incarnation
	to, _ := tx.Open(tx.Place(e.Facts[i]))
	within(append(tx.Homes(inc, to.Name()), to), nil, func(all []state.ChannelTx) {
		m := n.newMove(all, inc, b.Reason)
		m.do(tx, e, b.Old)
		m.tell(tx, by, e)
		n.InformHere(modes.SnoChannels, "%[1]s renames the channel %[2]s to %[3]s", e.Source, b.Old, b.New)
	})
}

// within calls f with all channels locked.
func within(all []*state.Channel, locked []state.ChannelTx, f func([]state.ChannelTx)) {
	if len(all) == 0 {
		f(locked)
		return
	}
	_ = all[0].Update(func(cx state.ChannelTx) error { within(all[1:], append(locked, cx), f); return nil })
}

// forwarded refuses to join a channel under an old name. Those who are in it, or
// may not know of it, find no channel of that name.
func (n *Network) forwarded(tx *state.Tx, by Actor, name string) error {
	if tx.Channel(name) != nil {
		return nil
	}
	ch := tx.Forwarded(name, n.Clock.Now())
	if ch == nil {
		return nil
	}
	member, may := false, false
	ch.View(func(v state.View) {
		_, err := v.MayJoin(by.User, "", n.Clock.Now())
		member, may = v.Member(by.User) != nil, v.Visible(by.User) && err == nil
	})
	switch {
	case member:
		return nil
	case !may:
		return numerics.NoSuchChannel.With(name).Because("This channel name is not free yet")
	case by.Session != nil && by.Session.Caps().Has(caps.ChannelRename):
		return numerics.Fail{Command: "JOIN", Code: "CHANNEL_RENAMED", Text: "The channel has been renamed"}.With(name, ch.Name())
	}
	return Forward{numerics.NoSuchChannel.With(name), ch.Name()}
}
