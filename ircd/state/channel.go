package state

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Channel is a channel.
type Channel struct {
	world *World
	names atomic.Pointer[names] // replaced under both locks
	flags atomic.Uint64         // a modes.Set

	mu    sync.Mutex // second in the lock order
	facts event.Facts
	// incarnation is the stamp of the join that created the channel: of two
	// channels of one name that grew up on either side of a split, the older
	// prevails, and what the younger's members were counts for nothing.
	incarnation event.Stamp
	memberships map[event.Stamp]int // by incarnation
	params      map[byte]string
	lists       map[byte][]*Entry
	topic       event.TopicText
	meta        Metadata
	floods      floods
	strangers   *newcomers // nil: none have come
	// rosterOf is appended to on join and replaced on leave, so that a slice of
	// it never changes once taken. Who holds the World's lock or the channel's
	// may read it.
	rosterOf []*Member
	members  map[string]*Member // by UID
}

// names are a channel's name and its folded form.
type names struct {
	name string
	key  casemap.Folded
}

// An Entry is one mask of a list.
type Entry struct {
	Mask string
	Ban  *extban.Entry
	event.Entry
	at event.Stamp
}

// Expired reports whether a timed entry (extban t) no longer counts.
func (e *Entry) Expired(now time.Time) bool {
	d := e.Ban.Expires()
	return d > 0 && now.After(e.Set.Add(d))
}

func (w *World) newChannel(name string) *Channel {
	ch := &Channel{
		world:   w,
		params:  map[byte]string{},
		lists:   map[byte][]*Entry{},
		members: map[string]*Member{},

		memberships: map[event.Stamp]int{},
	}
	key := w.Mapping.Fold(name)
	ch.names.Store(&names{name, key})
	if ch.facts = w.graves[key]; ch.facts == nil {
		ch.facts = event.Facts{}
	}
	delete(w.graves, key)
	return ch
}

// Name returns the channel's name as it was first written.
func (ch *Channel) Name() string { return ch.names.Load().name }

// Key returns the folded name.
func (ch *Channel) Key() casemap.Folded { return ch.names.Load().key }

// Has reports whether the mode of this letter is set.
func (ch *Channel) Has(letter byte) bool { return modes.Set(ch.flags.Load()).Has(letter) }

// Count returns the number of members.
func (ch *Channel) Count() int {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	return len(ch.rosterOf)
}

func (ch *Channel) roster() []*Member { return ch.rosterOf }

// Update calls f with the channel locked. Only package network may call it.
func (ch *Channel) Update(f func(cx ChannelTx) error) error {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	return f(ChannelTx{ch})
}

// View calls f with the channel locked, to read it.
func (ch *Channel) View(f func(v View)) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	f(View{ch})
}

// shows reports whether m is visible to all members.
func (ch *Channel) shows(m *Member) bool {
	return !m.Hidden() && (!ch.Has(modes.Auditorium) || m.status.Load() != 0)
}

// sees reports whether o sees m: in an auditorium, members without a status are
// visible to half-operators and above; one who joined under mode D and has not
// spoken is visible to nobody else.
func (ch *Channel) sees(o, m *Member) bool {
	return o.User == m.User || ch.shows(m) || !m.Hidden() && o.AtLeast(modes.HalfOp)
}

// A ChannelTx is access to a locked Channel; it is valid until Update returns.
// All members receive what is broadcast in the same order.
type ChannelTx struct{ ch *Channel }

// A View is read access to a locked Channel; it is valid until View returns.
type View struct{ ch *Channel }

// View returns read access.
func (cx ChannelTx) View() View { return View(cx) }

// Channel returns the channel.
func (cx ChannelTx) Channel() *Channel { return cx.ch }

// Name returns the channel's name.
func (cx ChannelTx) Name() string { return cx.ch.Name() }

// Members returns the members. The slice may be kept, but not modified.
func (cx ChannelTx) Members() []*Member { return cx.ch.rosterOf }

// Member returns u's membership, or nil.
func (cx ChannelTx) Member(u *User) *Member { return cx.ch.members[u.uid] }

// Holds reports whether a fact about the channel holds.
func (cx ChannelTx) Holds(k event.Key) bool { return cx.ch.facts.Has(k) }

// Key returns the key of a fact about the channel as it is now.
func (cx ChannelTx) Key(kind event.Kind, a, b string) event.Key {
	return event.Key{Kind: kind, Scope: string(cx.ch.Key()), Incarnation: cx.ch.incarnation, A: a, B: b}
}

// Incarnation returns the stamp of the channel's creation, zero if nobody has
// joined it yet.
func (cx ChannelTx) Incarnation() event.Stamp { return cx.ch.incarnation }

// Broadcast sends f to all members; to the session origin as a reply.
func (cx ChannelTx) Broadcast(f *wire.Frame, origin *session.Session) {
	for _, m := range cx.ch.rosterOf {
		m.Deliver(f, origin)
	}
}

// BroadcastAbout sends f to all members who see m.
func (cx ChannelTx) BroadcastAbout(m *Member, f *wire.Frame, origin *session.Session) {
	if cx.ch.shows(m) {
		cx.Broadcast(f, origin)
		return
	}
	for _, o := range cx.ch.rosterOf {
		if cx.ch.sees(o, m) {
			o.Deliver(f, origin)
		}
	}
}

// BroadcastTo sends f to all members for whom want is true.
func (cx ChannelTx) BroadcastTo(want func(m *Member) bool, f *wire.Frame, origin *session.Session) {
	for _, m := range cx.ch.rosterOf {
		if want(m) {
			m.Deliver(f, origin)
		}
	}
}

// Reveal notes that the member's join has been shown, and reports whether it had
// not been before.
func (cx ChannelTx) Reveal(m *Member) bool { return m.hidden.Swap(false) }
