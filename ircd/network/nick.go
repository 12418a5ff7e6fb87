package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// ChangeNick gives a user another nick. force skips what channels forbid.
func (n *Network) ChangeNick(by Actor, nick string, force bool) error {
	defer n.report()
	return n.World.Update(func(tx *state.Tx) error {
		if nick == by.Nick() {
			return nil
		}
		if !tx.MayTakeNick(by.User, nick) {
			return numerics.NickInUse.With(nick)
		}
		if !force {
			if err := n.mayChangeNick(by); err != nil {
				return err
			}
		}
		b := event.NickChanged{Nick: nick}
		e := n.event(by, b, fact(userKey(event.Nick, by.UID(), ""), nick))
		n.applyNick(tx, by, e)
		n.conclude(e)
		return nil
	})
}

func (n *Network) mayChangeNick(by Actor) (err error) {
	now := n.Clock.Now()
	if !n.unhurried(by, "nick") {
		return numerics.NickTooFast.With(by.Nick())
	}
	for _, m := range by.Memberships() {
		err = m.Channel.Update(func(cx state.ChannelTx) error {
			if err := cx.View().MayChangeNick(by.User, now); err != nil {
				return err
			}
			if !n.newcomerSpeaks(cx, by, 1, now) {
				return numerics.NickTooFast.With(by.Nick())
			}
			if r := cx.Flood("nick", by.User, "", now); r != nil && m.Status() == 0 {
				n.flooded(cx, by, r)
				return numerics.NickTooFast.With(by.Nick())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) applyNick(tx *state.Tx, by Actor, e *event.Event) {
	if by.User == nil {
		return
	}
	for _, f := range e.Facts {
		tx.Merge(f)
	}
	n.settleBy(tx, by, e)
}

func (n *Network) tellNickChange(tx *state.Tx, by Actor, e *event.Event, b event.NickChanged, old *state.Identity) {
	n.recordEverywhere(by, e)
	n.tellNick(tx, by, message(e, "NICK", b.Nick), old)
	n.informOfUser(e, modes.SnoNicks, by.User, "%[4]s (%[2]s@%[3]s) is now %[1]s on %[5]s", old.Nick)
}

// tellRename tells of a nick that is another without a word of the user: mostly, it was
// lost to another's claim.
func (n *Network) tellRename(tx *state.Tx, r state.Renaming) {
	e := n.event(Actor{}, nil)
	e.Source = r.Old.Source()
	n.tellNick(tx, Actor{User: r.User}, message(e, "NICK", r.New), r.Old)
	if !r.Lost {
		return
	}
	n.tellUser(r.User, numerics.NickLocked.With().Because("Another user had your nick first. Choose another with /NICK."))
}

// tellNick tells those who see the user, and those who watch either nick.
func (n *Network) tellNick(tx *state.Tx, by Actor, m wire.Message, old *state.Identity) {
	n.noteChange(by.User, false)
	f := wire.One(m)
	for _, u := range tx.Peers(by.User) {
		u.Deliver(f, nil)
	}
	by.deliver(f)
	if n.World.Mapping.Equal(old.Nick, by.Nick()) {
		return
	}
	tx.Depart(old, n.Clock.Now())
	if tx.User(old.Nick) == nil { // a nick that was lost to another is still online
		n.tellWatchers(tx, old.Nick, numerics.MonOffline.With().Fmt(old.Nick))
	}
	n.tellWatchers(tx, by.Nick(), numerics.MonOnline.With().Fmt(by.Source()))
	n.tellWatchersNotes(tx, by.User)
}
