package network

import (
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

// The reasons for which metadata is not changed. How a client is told depends on
// the draft of the specification that it speaks.
var (
	ErrNoteForbidden = errors.New("metadata: not permitted")
	ErrNotesFull     = errors.New("metadata: limit reached")
	ErrNoNote        = errors.New("metadata: key not set")
)

// TooFast is the error of one who makes too many changes.
type TooFast struct{ Retry time.Duration }

func (t TooFast) Error() string { return "metadata: too many changes" }

// SetUserNote sets a key of a user's metadata, or removes it if remove is true. The
// key and the value are valid.
// https://ircv3.net/specs/extensions/metadata#metadata-set
func (n *Network) SetUserNote(by Actor, target *state.User, note state.Note, remove bool) error {
	return n.World.Update(func(tx *state.Tx) error {
		if target != by.User && !n.overrides(by, "METADATA", target.Nick()) {
			return ErrNoteForbidden
		}
		now := target.Metadata()
		if same(now, note) && !remove || tx.ByUID(target.UID()) == nil {
			return nil
		}
		if err := n.mayNote(by, now, tx.MetaTombs(target), note, remove); err != nil {
			return err
		}
		f := fact(userKey(event.UserMeta, target.UID(), note.Key), note.Value)
		f.Gone = remove
		n.announce(tx, by, event.UserMetaChanged{Target: target.UID()}, f)
		return nil
	})
}

// SetChannelNote sets a key of a channel's metadata, or removes it.
func (n *Network) SetChannelNote(by Actor, ch *state.Channel, note state.Note, remove bool) error {
	return n.annotate(by, ch, func(cx state.ChannelTx) ([]event.Fact, error) {
		now := cx.View().Metadata()
		if same(now, note) && !remove {
			return nil, nil
		}
		f := fact(cx.Key(event.ChannelMeta, note.Key, ""), note.Value)
		f.Gone = remove
		return []event.Fact{f}, n.mayNote(by, now, cx.MetaTombs(), note, remove)
	})
}

// annotate changes the metadata of a channel by the facts that f returns, if any.
func (n *Network) annotate(by Actor, ch *state.Channel, f func(cx state.ChannelTx) ([]event.Fact, error)) error {
	kept := false
	err := ch.Update(func(cx state.ChannelTx) error {
		if !cx.View().MaySetMeta(by.User) && !n.overrides(by, "METADATA", cx.Name()) {
			return ErrNoteForbidden
		}
		facts, err := f(cx)
		if err != nil || len(facts) == 0 {
			return err
		}
		kept = true
		n.stall(by, lasts(ch))
		e := n.event(by, event.ChannelMetaChanged{Channel: ch.Name()}, facts...)
		n.publish(e)
		n.applyChannelMeta(cx, by, e)
		return nil
	})
	if kept {
		n.changed(by, ch, false, "")
	}
	return err
}

// PutUserNotes gives by's user metadata that is known from elsewhere. It is within the
// limits.
func (n *Network) PutUserNotes(by Actor, notes state.Metadata) {
	_ = n.World.Update(func(tx *state.Tx) error {
		var facts []event.Fact
		for _, note := range notes {
			if !same(by.Metadata(), note) {
				facts = append(facts, fact(userKey(event.UserMeta, by.UID(), note.Key), note.Value))
			}
		}
		if len(facts) > 0 && tx.ByUID(by.UID()) == by.User {
			n.announce(tx, by, event.UserMetaChanged{Target: by.UID()}, facts...)
		}
		return nil
	})
}

// leaveNotes removes the metadata of a user who leaves an account: it is the account's,
// and must not be the next one's.
func (n *Network) leaveNotes(tx *state.Tx, u *state.User) {
	var facts []event.Fact
	for _, note := range u.Metadata() {
		facts = append(facts, noFact(userKey(event.UserMeta, u.UID(), note.Key)))
	}
	if len(facts) > 0 {
		n.announce(tx, Actor{User: u}, event.UserMetaChanged{Target: u.UID()}, facts...)
	}
}

func same(m state.Metadata, n state.Note) bool {
	value, ok := m.Get(n.Key)
	return ok && value == n.Value
}

// ClearUserNotes removes a user's metadata, and returns what it was.
func (n *Network) ClearUserNotes(by Actor, target *state.User) (notes state.Metadata, err error) {
	err = n.World.Update(func(tx *state.Tx) error {
		if target != by.User && !n.overrides(by, "METADATA", target.Nick()) {
			return ErrNoteForbidden
		}
		if notes = target.Metadata(); len(notes) == 0 || tx.ByUID(target.UID()) == nil {
			return nil
		}
		if err := n.paced(by); err != nil {
			return err
		}
		facts := make([]event.Fact, len(notes))
		for i, note := range notes {
			facts[i] = noFact(userKey(event.UserMeta, target.UID(), note.Key))
		}
		n.announce(tx, by, event.UserMetaChanged{Target: target.UID()}, facts...)
		return nil
	})
	return notes, err
}

// ClearChannelNotes removes a channel's metadata, and returns what it was.
func (n *Network) ClearChannelNotes(by Actor, ch *state.Channel) (notes state.Metadata, err error) {
	err = n.annotate(by, ch, func(cx state.ChannelTx) ([]event.Fact, error) {
		if notes = cx.View().Metadata(); len(notes) == 0 {
			return nil, nil
		}
		facts := make([]event.Fact, len(notes))
		for i, note := range notes {
			facts[i] = noFact(cx.Key(event.ChannelMeta, note.Key, ""))
		}
		return facts, n.paced(by)
	})
	return notes, err
}

// tombsPerKey is how many removed keys are remembered for each that may be set:
// keys that were never set before are refused beyond it.
const tombsPerKey = 4

// mayNote reports whether a change of metadata is within the limits.
func (n *Network) mayNote(by Actor, now state.Metadata, tombs int, note state.Note, remove bool) error {
	_, isSet := now.Get(note.Key)
	if remove && !isSet {
		return ErrNoNote
	}
	if !remove && !isSet && tombs >= tombsPerKey*n.Config().Metadata.MaxKeys {
		return ErrNotesFull
	}
	if !remove && !n.NotesFit(now.With(note.Key, note.Value), now) {
		return ErrNotesFull
	}
	return n.paced(by)
}

// NotesFit reports whether metadata that was before may become now. What is beyond
// a limit that has been lowered since may only become less.
func (n *Network) NotesFit(now, before state.Metadata) bool {
	cfg := n.Config().Metadata
	return len(now) <= max(cfg.MaxKeys, len(before)) && now.Size() <= max(int(cfg.MaxBytes), before.Size())
}

// paced counts one change.
func (n *Network) paced(by Actor) error {
	if may(by.User, privs.NoFlood) {
		return nil
	}
	cfg := n.Config().Metadata
	every := time.Minute / time.Duration(cfg.PerMinute)
	if wait := n.notes.wait(by.UID(), cfg.Burst, every, n.Clock.Now()); wait > 0 {
		return TooFast{wait}
	}
	return nil
}
