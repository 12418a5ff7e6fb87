package commands

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
)

// everything is the target of SYNC for all that a client sees.
const everything = "*ALL"

// metaSync sends what the client has subscribed to. It waits for slow readers, so
// that no answer is too long to be had.
func metaSync(r *dispatch.Request) error {
	s := newMetaSync(r, r.Session.Subscription())
	if r.Param(0) == everything && r.User != nil {
		s.batch = startMeta(r, "metadata", everything)
		defer s.batch.end()
		s.all()
		return nil
	}
	t, err := subjectOf(r)
	if err != nil {
		return err
	}
	s.batch = startMeta(r, "metadata", t.name)
	defer s.batch.end()
	notes, ok := t.read(r)
	if !ok {
		s.batch.problem(notAllowed.With(t.name, "*"))
		return nil
	}
	s.send(t.name, notes)
	if t.ch != nil {
		s.members(t.ch)
	}
	return nil
}

// A metaSyncing sends metadata of many.
type metaSyncing struct {
	batch metaBatch
	keys  session.Subscription
	seen  map[*state.User]bool
}

func newMetaSync(r *dispatch.Request, keys session.Subscription) *metaSyncing {
	return &metaSyncing{batch: metaBatch{Request: r}, keys: keys, seen: map[*state.User]bool{}}
}

// all sends what is noted about the client, its channels and their members, and
// those it MONITORs.
func (s *metaSyncing) all() {
	r := s.batch.Request
	s.user(r.User)
	for _, m := range r.User.Memberships() {
		s.channel(m.Channel)
	}
	for _, nick := range r.Server.Network.Watched(r.Actor()) {
		if u := r.Server.Network.World.User(nick); u != nil {
			s.user(u)
		}
	}
}

func (s *metaSyncing) channel(ch *state.Channel) {
	var notes state.Metadata
	ch.View(func(v state.View) { notes = v.Metadata() })
	s.send(ch.Name(), notes)
	s.members(ch)
}

// members sends what is noted about those whom the client sees in a channel that it
// is in.
func (s *metaSyncing) members(ch *state.Channel) {
	var members []*state.Member
	me := s.batch.User
	ch.View(func(v state.View) {
		if v.Member(me) == nil {
			return
		}
		for _, m := range v.Members() {
			if v.Sees(me, m) && len(m.Metadata()) > 0 {
				members = append(members, m)
			}
		}
	})
	for _, m := range members {
		s.user(m.User)
	}
}

func (s *metaSyncing) user(u *state.User) {
	if !s.seen[u] {
		s.seen[u] = true
		s.send(u.Nick(), u.Metadata())
	}
}

func (s *metaSyncing) send(target string, notes state.Metadata) {
	r := s.batch.Request
	for _, n := range notes {
		if !s.keys.Has(n.Key) || !r.Session.Wait() {
			continue
		}
		m := r.Server.Network.NoteLine(r.Session.Caps(), r.Name(), target, n)
		r.Session.ReplyInBatch(s.batch.ref, &m)
	}
}

// metaCatchUp tells a client that has subscribed to keys what they are. In
// draft/metadata-3 the client asks for it when it has done subscribing.
func metaCatchUp(r *dispatch.Request, added session.Subscription) {
	if revised(r) {
		r.Reply(numerics.SyncLater.With(everything, "0"))
		return
	}
	if r.Has(caps.Metadata) {
		newMetaSync(r, added).all()
	}
}

// metaJoined sends the metadata of a channel and its members to one who has joined,
// unless they are too many.
// https://ircv3.net/specs/extensions/metadata#postponed-synchronization
func metaJoined(r *dispatch.Request, ch *state.Channel) {
	sub := r.Session.Subscription()
	if !metaAware(r.Session.Caps()) || !r.Has(caps.Batch) || len(sub) == 0 && !revised(r) {
		return
	}
	if ch.Count() > r.Server.Config().Metadata.SyncMembers {
		r.Reply(numerics.SyncLater.With(ch.Name(), "2"))
		return
	}
	s := newMetaSync(r, sub)
	s.batch = startMeta(r, "metadata", ch.Name())
	defer s.batch.end()
	s.channel(ch)
}

// metaMonitored sends the metadata of those of the nicks who are online.
func metaMonitored(r *dispatch.Request, nicks []string) {
	if !metaAware(r.Session.Caps()) || !r.Has(caps.Batch) {
		return
	}
	for _, nick := range nicks {
		u := r.Server.Network.World.User(nick)
		if u == nil || !revised(r) && len(u.Metadata()) == 0 {
			continue
		}
		s := newMetaSync(r, r.Session.Subscription())
		s.batch = startMeta(r, "metadata", u.Nick())
		s.user(u)
		s.batch.end()
	}
}

// metaWelcome tells a new client its own metadata, whatever it has subscribed to.
func metaWelcome(r *dispatch.Request) {
	if !metaAware(r.Session.Caps()) || !r.Has(caps.Batch) {
		return
	}
	b := startMeta(r, "metadata", r.Name())
	defer b.end()
	for _, n := range r.User.Metadata() {
		m := r.Server.Network.NoteLine(r.Session.Caps(), r.Name(), r.Name(), n)
		r.Session.ReplyInBatch(b.ref, &m)
	}
}
