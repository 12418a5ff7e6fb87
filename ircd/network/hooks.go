package network

import (
	"context"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// Hooks are what else is known of channels and users than their state: registrations. Each
// may be nil. They are called without locks, on the server where the user acts.
type Hooks struct {
	// Keep is told of lasting channels that have changed, and what the channel was
	// called if that has. It must not wait.
	Keep func(by Actor, ch *state.Channel, old string)
	// Hold is told before a lasting channel changes, so that the session of by is
	// told of it only when it is kept. It is called under locks.
	Hold func(by Actor)
	// Admit refuses one who may not join the channel of this name, or not create it
	// if ch is nil.
	Admit func(u *state.User, name string, ch *state.Channel) error
	// MayHave refuses a status that a member is to be given, and MayTopic a change of the
	// topic.
	MayHave  func(u *state.User, ch *state.Channel, letter byte) error
	MayTopic func(u *state.User, ch *state.Channel) error
	// Joined is told of who has joined.
	Joined func(by Actor, ch *state.Channel)
	// Logged is told of who has logged in or out, and the account they had before.
	Logged func(by Actor, before string)
	// Closed reports whether those who are not logged in may not write to others now.
	Closed func() bool
	// Newcomer reports whether a user of this server is one who is not known yet. It must
	// not wait, and may be called under locks; nil: nobody is.
	Newcomer func(u *state.User) bool
	// Screen says what the spam filters find in what somebody says. It changes nothing,
	// and may be called under locks.
	Screen func(by Actor, w Words) *Finding
	// Unscreened reports whether there are no spam filters, so that nobody need collect
	// words for them. It is there if Screen is.
	Unscreened func() bool
	// Changed is told of a user of this server whose nick, username, host, real name or
	// account has changed or, with joined, who is in another channel. It is called
	// without locks.
	Changed func(u *state.User, joined bool)
	// Overrode is told of who has done something by the privilege override: what, and
	// on which channel or user. It is called under locks, and must not wait.
	Overrode func(by Actor, what, on string)
	// Informed is told of what operators of this server read, whether or not one is
	// there who does. It is called under locks, and must not wait.
	Informed func(letter byte, text lang.Phrase)
	// Answer answers a command of a user of another server, in lines.
	Answer func(ctx context.Context, by *state.User, words []string) (lines []string, err error)
	// Locked returns the modes that must stay as they are: those that are set, with
	// their parameters, and those that are not.
	Locked func(ch *state.Channel) []modes.Change
	// Keeps returns what an account has chosen for its conversations: "off",
	// "ephemeral", "persistent" or "". It is called under locks.
	Keeps func(account string) string
	// Registered returns since when an account exists, zero if that is not known.
	Registered func(account string) time.Time
}

// stall keeps back what the session of by is told, if it is about a channel that is
// kept: it is told when that has been done.
func (n *Network) stall(by Actor, lasts bool) {
	if n.Hooks.Hold != nil && lasts && by.Session != nil {
		n.Hooks.Hold(by)
	}
}

// changed tells of a lasting channel that somebody of this server has changed.
func (n *Network) changed(by Actor, ch *state.Channel, lasted bool, old string) {
	if n.Hooks.Keep != nil && (lasted || lasts(ch)) {
		n.Hooks.Keep(by, ch, old)
	}
}

// lasts reports whether the channel stays when the last member leaves.
func lasts(ch *state.Channel) bool { return ch.Has(modes.Permanent) || ch.Has(modes.Registered) }

// admit refuses who may not join a channel because of its registration.
func (n *Network) admit(u *state.User, name string) error {
	if n.Hooks.Admit == nil {
		return nil
	}
	return n.Hooks.Admit(u, name, n.World.Channel(name))
}

// locked returns the modes of the channel that only services change.
func (n *Network) locked(ch *state.Channel) []modes.Change {
	if n.Hooks.Locked == nil {
		return nil
	}
	return n.Hooks.Locked(ch)
}

// Restore makes a lasting channel known again, from what was kept of it. If that is
// nothing but its name, it is a new one.
func (n *Network) Restore(name string, incarnation event.Stamp, facts []event.Fact) (ch *state.Channel) {
	if incarnation.IsZero() {
		incarnation = n.Clock.Stamp()
	}
	n.Clock.Observe(incarnation)
	_ = n.World.Update(func(tx *state.Tx) error {
		ch, _ = tx.Open(name)
		return ch.Update(func(cx state.ChannelTx) error {
			if cx.Incarnation().IsZero() {
				tx.Restore(cx, incarnation)
			}
			for _, f := range facts {
				n.Clock.Observe(f.At)
				cx.Merge(f)
			}
			return nil
		})
	})
	return ch
}

// MarkRegistered sets or unsets the mark of a registered channel (mode r), in the
// name of the service that by is.
func (n *Network) MarkRegistered(by Actor, ch *state.Channel, on bool) {
	change := modes.Change{Mode: n.World.Modes.ByLetter(modes.Registered), Add: on}
	n.ChangeModes(by, ch, []modes.Change{change}, true)
}
