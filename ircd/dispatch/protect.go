package dispatch

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// How the nicks of an account are protected.
const (
	protectNot    = "none"
	protectLater  = "timeout" // who is not logged in loses the nick after a while
	protectStrict = "strict"  // only who is logged in can have it
)

// protection returns how a nick is protected from who is logged in to account, who
// may be nobody.
func (s *Server) protection(nick, account string) string {
	if s.Accounts == nil {
		return protectNot
	}
	claim, ok := s.Accounts.Claim(nick)
	switch {
	case !ok:
		return protectNot
	case claim.Account == nil:
		return protectStrict
	case claim.Account.Name == account, !claim.Account.Verified:
		return protectNot
	}
	wish := claim.Account.Settings[SettingEnforce]
	switch s.Config().Accounts.NickReservation {
	case protectStrict:
		return protectStrict
	case protectLater:
		if !claim.Exact || wish == protectStrict { // nobody has forgotten to log in to a nick that only looks like theirs
			return protectStrict
		}
		return protectLater
	}
	if wish == "" {
		return protectNot
	}
	return wish
}

// AccountOf returns the account that a nick belongs to, if it can be used now, or "".
func (s *Server) AccountOf(nick string) string {
	if s.Accounts == nil {
		return ""
	}
	claim, ok := s.Accounts.Claim(nick)
	if !ok || !claim.Exact || claim.Account == nil || !claim.Account.Verified || s.suspended(claim.Account) {
		return ""
	}
	return claim.Account.Name
}

// MayTake reports whether who is logged in to account, or to none, may take a nick.
func (s *Server) MayTake(nick, account string) bool {
	return s.protection(nick, account) != protectStrict
}

// Protect warns a user whose nick belongs to somebody else, and takes it away after
// a while.
func (s *Server) Protect(u *state.User) {
	if s.protection(u.Nick(), u.Account()) != protectNot {
		s.warn(u)
	}
}

func (s *Server) warn(u *state.User) {
	now := s.Now()
	until := s.intruders.put(u, now.Add(time.Duration(s.Config().Accounts.NickGrace)))
	grace := until.Sub(now).Round(time.Second)
	s.tell(u, "The nick %[1]s belongs to an account. Log in to it, or choose another nick, within %[2]s: then yours will be changed.", u.Nick(), lang.Duration(grace))
}

// protectNew looks soon at those who use a nick that an account has got: who has
// registered it is just logging in.
func (s *Server) protectNew(old, a *accounts.Account) {
	var had []string
	if old != nil && old.Verified {
		had = append(append(had, old.Nicks...), old.Name)
	}
	m := s.Network.World.Mapping
	for _, nick := range append([]string{a.Name}, a.Nicks...) {
		if slices.ContainsFunc(had, func(h string) bool { return m.Equal(h, nick) }) {
			continue
		}
		for _, u := range s.Network.World.Lookalikes(nick) {
			if u.Local() && u.Account() != a.Name {
				s.intruders.put(u, time.Time{})
			}
		}
	}
}

// intruders are the users who have been warned, and until when they may keep their
// nick; zero stands for those who have not been warned yet.
type intruders struct {
	mu    sync.Mutex
	until map[*state.User]time.Time
}

// put notes a user and returns until when they may keep their nick: who was warned
// before, of this nick or another, gets no more time by changing it.
func (x *intruders) put(u *state.User, until time.Time) time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.until == nil {
		x.until = map[*state.User]time.Time{}
	}
	if x.until[u].IsZero() {
		x.until[u] = until
	}
	return x.until[u]
}

// due removes and returns those whose time is over.
func (x *intruders) due(now time.Time) map[*state.User]time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := map[*state.User]time.Time{}
	for u, until := range x.until {
		if !now.Before(until) {
			delete(x.until, u)
			all[u] = until
		}
	}
	return all
}

// evict changes the nicks of those who have been warned in vain, and warns others.
func (s *Server) evict() {
	for u, until := range s.intruders.due(s.Now()) {
		switch {
		case s.Network.World.ByUID(u.UID()) != u:
		case until.IsZero():
			s.Protect(u)
		case s.protection(u.Nick(), u.Account()) != protectNot:
			s.Dislodge(u)
		}
	}
}

// Dislodge gives a user, of whatever server, a guest's nick.
func (s *Server) Dislodge(u *state.User) {
	w := s.Network.World
	for range 8 {
		nick := s.guest()
		if s.protection(nick, "") == protectNot && w.NickFree(u, nick) &&
			s.Network.ChangeNick(network.Actor{User: u}, nick, true) == nil {
			return
		}
	}
	_ = s.Network.ChangeNick(network.Actor{User: u}, u.UID(), true)
}

// guest returns the nick of somebody who gets no other.
func (s *Server) guest() string {
	nick := []byte(s.Config().Accounts.GuestNick)
	for i, c := range nick {
		if c == '?' {
			nick[i] = byte('0' + rand.N(10))
		}
	}
	return string(nick)
}

// Forbids reports whether nobody can register a name: it is a service's, or looks like
// one, a guest's, or an operator has reserved it.
func (s *Server) Forbids(name string) bool {
	guests := strings.TrimRight(s.Config().Accounts.GuestNick, "?")
	m := s.Network.World.Mapping
	return s.IsService(name) || m.Equal(strings.TrimRight(name, "0123456789"), guests) && len(name) > len(guests) || s.Reserved(nil, name) != nil
}

// tell sends a notice of NickServ to all sessions of a user of this server.
func (s *Server) tell(u *state.User, text lang.Text, words ...any) {
	said, source := text.With(words...), s.Name()
	if v := s.Service("NickServ"); v != nil {
		source = v.Source()
	}
	u.Deliver(wire.One(wire.Message{Source: source, Command: "NOTICE", Params: []string{u.Nick()}, Text: &said}), nil)
}
