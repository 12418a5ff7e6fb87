package network

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// This file tells clients of metadata. Those of draft/metadata-3 read numerics,
// those of draft/metadata-2 the message METADATA.

// applyUserMeta is where every change of a user's metadata passes, on every server.
func (n *Network) applyUserMeta(tx *state.Tx, by Actor, e *event.Event, b event.UserMetaChanged) {
	target := tx.ByUID(b.Target)
	for _, f := range e.Facts {
		if tx.Merge(f) && target != nil && f.Kind == event.UserMeta {
			n.tellUserNote(tx, by, target, e, f)
		}
	}
}

// tellUserNote tells those who subscribed to the key and share a channel with the
// user, or MONITOR the user, and the user's own other clients.
func (n *Network) tellUserNote(tx *state.Tx, by Actor, target *state.User, e *event.Event, f event.Fact) {
	note := n.newNotice(e, target.Nick(), f)
	told := map[*session.Session]bool{by.Session: true}
	tell := func(u *state.User, s *session.Session) {
		if !told[s] {
			told[s] = true
			note.send(u, s)
		}
	}
	for _, s := range target.Sessions() {
		tell(target, s)
	}
	for _, u := range tx.Peers(target) {
		for _, s := range u.Sessions() {
			tell(u, s)
		}
	}
	tx.Watchers(target.Nick(), tell)
}

// applyChannelMeta is where every change of a channel's metadata passes, on every
// server.
func (n *Network) applyChannelMeta(cx state.ChannelTx, by Actor, e *event.Event) {
	for _, f := range e.Facts {
		if !cx.Merge(f) || f.Kind != event.ChannelMeta {
			continue
		}
		n.tellChannelNote(cx, by, e, f)
	}
}

// tellChannelNote tells the members who have subscribed to the key.
func (n *Network) tellChannelNote(cx state.ChannelTx, by Actor, e *event.Event, f event.Fact) {
	note := n.newNotice(e, cx.Name(), f)
	for _, m := range cx.Members() {
		for _, s := range m.Sessions() {
			if s != by.Session {
				note.send(m.User, s)
			}
		}
	}
}

// A notice is one key of metadata as subscribers are told of it.
type notice struct {
	n       *Network
	key     string
	numeric numerics.Reply
	frame   *wire.Frame // for draft/metadata-2
}

func (n *Network) newNotice(e *event.Event, target string, f event.Fact) notice {
	m := message(e, "METADATA", target, f.A, "*")
	r := numerics.KeyNotSet.With(target, f.A)
	if !f.Gone {
		m.Params = append(m.Params, f.Text)
		r = numerics.KeyValue.With(target, f.A, "*", f.Text)
	}
	size := len(":  METADATA   * :\r\n") + len(m.Source) + len(target) + len(f.A) + len(f.Text)
	if size > wire.MaxBody {
		m.Source = n.Name() // which is shorter: a value is never cut
	}
	return notice{n, f.A, r, wire.One(m)}
}

// send sends the notice to a session of u, if it has subscribed to the key.
func (x notice) send(u *state.User, s *session.Session) {
	has := s.Caps()
	switch {
	case !s.Subscription().Has(x.key):
	case has.Has(caps.Metadata3):
		m := x.n.Numeric(u.Nick(), x.numeric)
		s.SendMessage(&m)
	case has.Has(caps.Metadata):
		s.Send(x.frame)
	}
}

// NoteLine returns the line that tells a client of this nick, with these
// capabilities, what a key of the target's metadata is.
func (n *Network) NoteLine(has caps.Set, nick, target string, note state.Note) wire.Message {
	if has.Has(caps.Metadata) {
		return wire.Message{Source: n.Name(), Command: "METADATA", Params: []string{target, note.Key, "*", note.Value}}
	}
	return n.Numeric(nick, numerics.KeyValue.With(target, note.Key, "*", note.Value))
}

// tellNotes tells subscribers in a channel the metadata of one who has joined.
func (n *Network) tellNotes(cx state.ChannelTx, m *state.Member) {
	notes := m.Metadata()
	if len(notes) == 0 {
		return
	}
	for _, o := range cx.Members() {
		if o == m || !o.Local() || !cx.View().Sees(o.User, m) {
			continue
		}
		for _, s := range o.Sessions() {
			n.push(s, o.Nick(), m.Nick(), notes)
		}
	}
}

// push sends a session what it has subscribed to.
func (n *Network) push(s *session.Session, nick, target string, notes state.Metadata) {
	has, sub := s.Caps(), s.Subscription()
	if len(sub) == 0 || !has.HasAny(caps.Of(caps.Metadata, caps.Metadata3)) {
		return
	}
	for _, note := range notes {
		if sub.Has(note.Key) {
			m := n.NoteLine(has, nick, target, note)
			s.SendMessage(&m)
		}
	}
}

// mostAtOnce is how many keys are told to those who MONITOR a user who comes online;
// of more, they are told to ask.
const mostAtOnce = 20

// tellWatchersNotes tells those who MONITOR a user who has come online the metadata
// they have subscribed to.
func (n *Network) tellWatchersNotes(tx *state.Tx, u *state.User) {
	notes := u.Metadata()
	tx.Watchers(u.Nick(), func(w *state.User, s *session.Session) {
		switch has := s.Caps(); {
		case has.HasAll(caps.Of(caps.Metadata3, caps.Batch)):
			s.Send(n.noteBatch(s, w.Nick(), u.Nick(), notes))
		default:
			n.push(s, w.Nick(), u.Nick(), notes)
		}
	})
}

func (n *Network) noteBatch(s *session.Session, nick, target string, notes state.Metadata) *wire.Frame {
	const ref = "metadata"
	lines := []wire.Message{{Source: n.Name(), Command: "BATCH", Params: []string{"+" + ref, "metadata", target}}}
	sub := s.Subscription()
	for _, note := range notes {
		if sub.Has(note.Key) {
			m := n.NoteLine(s.Caps(), nick, target, note)
			m.Tags = wire.Tags{{Key: "batch", Value: ref}}
			lines = append(lines, m)
		}
	}
	if len(lines) > mostAtOnce {
		return wire.One(n.Numeric(nick, numerics.SyncLater.With(target, "0")))
	}
	return wire.Lines(append(lines, wire.Message{Source: n.Name(), Command: "BATCH", Params: []string{"-" + ref}})...)
}
