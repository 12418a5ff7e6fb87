package state

import (
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/wire"
)

// A User is a user of the network. One who is connected to this server has one
// session or more; one of other servers has none.
type User struct {
	uid      string
	mapping  casemap.Mapping
	id       atomic.Pointer[Identity]
	sessions atomic.Pointer[[]*session.Session]
	members  atomic.Pointer[[]*Member] // replaced under the World's lock
	meta     atomic.Pointer[Metadata]
	active   atomic.Int64 // when the user last spoke, in Unix seconds
	seen     atomic.Int64 // when the last session of this server ended, Unix nanoseconds

	// Guarded by the World's lock.
	facts    map[about]event.Value // but for presences
	where    []sojourn             // the presences, by server
	servers  []string              // those in reach that have a session of the user
	here     bool                  // the user is in the view: see Tx.settle
	shown    bool                  // the user has been
	claimed  casemap.Folded        // the nick that the user claims: see Tx.claim
	berths   []berth               // memberships of one who is not here
	left     time.Time             // when the last session of a server ended
	resident casemap.Folded        // the account for which the user stays
	visit    uint64
	passage  uint64 // of which the sessions know: see Tx.Fresh
	passed   []*session.Session
}

// An about is a key of a fact about a user, without the user.
type about struct {
	kind event.Kind
	a    string
}

// A sojourn is a presence: a server that has a session of the user, or had.
type sojourn struct {
	server string
	event.Value
}

func newUser(uid string, m casemap.Mapping) *User {
	u := &User{uid: uid, mapping: m, facts: map[about]event.Value{}}
	u.id.Store(&Identity{Person: &event.Person{}})
	u.sessions.Store(&noSessions)
	u.members.Store(&noMembers)
	return u
}

// What all new users share.
var (
	noSessions []*session.Session
	noMembers  []*Member
)

// UID returns the user's unique identifier.
func (u *User) UID() string { return u.uid }

// Identity returns what is known about the user at this moment.
func (u *User) Identity() *Identity { return u.id.Load() }

// Nick returns the user's nick.
func (u *User) Nick() string { return u.id.Load().Nick }

// Source returns nick!ident@host.
func (u *User) Source() string { return u.id.Load().source }

// Has reports whether the user mode of this letter is set.
func (u *User) Has(letter byte) bool { return u.id.Load().Modes.Has(letter) }

// Sessions returns the user's sessions on this server. The slice is not to be
// modified.
func (u *User) Sessions() []*session.Session { return *u.sessions.Load() }

// Local reports whether the user has a session on this server.
func (u *User) Local() bool { return len(*u.sessions.Load()) > 0 }

// Memberships returns the user's memberships. The slice is not to be modified.
func (u *User) Memberships() []*Member { return *u.members.Load() }

// Active returns when the user last spoke.
func (u *User) Active() time.Time { return time.Unix(u.active.Load(), 0) }

// Seen returns when a client of the user was connected last, if that was to this
// server; zero if it never was.
func (u *User) Seen() time.Time {
	if ns := u.seen.Load(); ns != 0 {
		return time.Unix(0, ns).UTC()
	}
	return time.Time{}
}

// See notes that a client of the user is or was connected.
func (u *User) See(at time.Time) { u.seen.Store(at.UnixNano()) }

// Touch notes that the user speaks now.
func (u *User) Touch(now time.Time) { u.active.Store(now.Unix()) }

// SharesChannel reports whether u and other are in a common channel.
func (u *User) SharesChannel(other *User) bool {
	for _, m := range u.Memberships() {
		for _, o := range other.Memberships() {
			if m.Channel == o.Channel {
				return true
			}
		}
	}
	return false
}

// Deliver sends f to all sessions of the user on this server; to origin, if it is
// one of them, as a reply.
func (u *User) Deliver(f *wire.Frame, origin *session.Session) {
	for _, s := range *u.sessions.Load() {
		if s == origin {
			s.Reply(f)
		} else {
			s.Send(f)
		}
	}
}

// change replaces the identity. The World's lock must be held. While nobody can have
// read it, because the user has not appeared yet, it is modified instead.
func (u *User) change(f func(*Identity)) {
	if !u.shown {
		f(u.id.Load())
		return
	}
	id := *u.id.Load()
	f(&id)
	id.source = id.Nick + "!" + id.Ident + "@" + id.Host
	id.masks = id.matchable()
	for i, m := range id.masks {
		id.masks[i] = string(u.mapping.Fold(m)) // folded once, matched often
	}
	id.addr = netip.Addr{}
	if !id.Modes.Has(modes.Cloaked) {
		id.addr, _ = netip.ParseAddr(id.Person.IP)
	}
	u.id.Store(&id)
}

// What follows makes *User an extban.Subject.

// Masks returns the forms of nick!ident@host that bans match.
func (u *User) Masks() []string { return u.id.Load().masks }

// Addr returns the address of the user, if that is not hidden.
func (u *User) Addr() netip.Addr { return u.id.Load().addr }

// Account returns the account the user is logged in to, or "".
func (u *User) Account() string { return u.id.Load().Account }

// Realname returns the user's real name.
func (u *User) Realname() string { return u.id.Load().Realname }

// CertFP returns the fingerprint of the user's client certificate, or "".
func (u *User) CertFP() string { return u.id.Load().Person.CertFP }

// ServerName returns the name of the server that others see the user on.
func (u *User) ServerName() string { return u.id.Load().Server }

// Country returns the country of the user's address, or "" if it is not known.
func (u *User) Country() string { return u.id.Load().Person.Country }

// ASN returns the autonomous system of the user's address, or "".
func (u *User) ASN() string { return u.id.Load().Person.ASN }

// OperName returns the name of the user's operator block, or "".
func (u *User) OperName() string {
	if id := u.id.Load(); id.Oper != nil && !id.Modes.Has(modes.HideOper) {
		return id.Oper.Name
	}
	return ""
}

// Secure reports whether the user is connected over TLS.
func (u *User) Secure() bool { return u.id.Load().Person.Secure }

// InGroup reports whether the user is in a security group.
func (u *User) InGroup(name string) bool { return inGroup(u.id.Load().Person.Groups, name) }

func inGroup(groups, name string) bool {
	for g := range strings.FieldsSeq(groups) {
		if g == name {
			return true
		}
	}
	return false
}

// InChannel reports whether the user is in the channel, and the prefixes there.
func (u *User) InChannel(name casemap.Folded) (prefix string, ok bool) {
	for _, m := range u.Memberships() {
		if m.Channel.Key() == name {
			return m.Prefixes(), true
		}
	}
	return "", false
}

// withoutMask returns masks without the one of this text.
func (u *User) withoutMask(masks []casemap.Mask, text string) []casemap.Mask {
	rest := make([]casemap.Mask, 0, len(masks))
	for _, m := range masks {
		if !u.mapping.Equal(m.String(), text) {
			rest = append(rest, m)
		}
	}
	return rest
}
