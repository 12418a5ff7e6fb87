package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
)

// Settings of accounts, which NickServ sets.
const (
	SettingAlwaysOn    = "always-on"   // "true" or "false"
	SettingMulticlient = "multiclient" // "off" or "on"
	SettingEnforce     = "enforce"     // "none", "timeout" or "strict"
	SettingHistory     = "history"     // "off", "ephemeral" or "persistent"
)

// AlwaysOn reports whether the user of an account stays while no client is
// connected.
func (s *Server) AlwaysOn(a *accounts.Account) bool {
	switch s.Config().Accounts.AlwaysOn {
	case "mandatory":
		return true
	case "opt-out":
		return a.Settings[SettingAlwaysOn] != "false"
	case "opt-in":
		return a.Settings[SettingAlwaysOn] == "true"
	}
	return false
}

// Wants reports whether there is an account of this name whose user stays.
func (s *Server) Wants(account string) bool {
	a := s.Accounts.Lookup(account)
	return a != nil && a.Verified && !s.suspended(a) && s.AlwaysOn(a)
}

// Multiclient reports whether several clients of an account may be one user.
func (s *Server) Multiclient(a *accounts.Account) bool {
	return s.Config().Accounts.Multiclient && a.Settings[SettingMulticlient] != "off"
}

// HistoryOf returns what an account has chosen for the history of its conversations.
func (s *Server) HistoryOf(account string) string {
	if a := s.Accounts.Lookup(account); a != nil {
		return a.Settings[SettingHistory]
	}
	return ""
}

// RegisteredSince returns since when an account exists, zero if there is none.
func (s *Server) RegisteredSince(account string) (since time.Time) {
	if a := s.Accounts.Lookup(account); a != nil {
		since = a.Created
	}
	return since
}

// settle lets a user stay who is logged in to an account that wants it, unless
// another user of the account does.
func (s *Server) settle(u *state.User, a *accounts.Account) {
	if s.AlwaysOn(a) && s.Network.World.Resident(a.Name) == nil {
		s.Network.Stay(u, true, "")
	}
}

// keepResidents lets those go who no longer want to stay, and begin to stay those
// who do.
func (s *Server) keepResidents(old, a *accounts.Account) {
	if u := s.Network.World.Resident(a.Name); u != nil && !s.AlwaysOn(a) {
		s.Network.Stay(u, false, "Not always on any more")
	}
	if old == nil || old.Settings[SettingAlwaysOn] == a.Settings[SettingAlwaysOn] || !s.AlwaysOn(a) {
		return
	}
	s.settleAll(a)
}

// settleAll is settle for whoever is logged in to the account.
func (s *Server) settleAll(a *accounts.Account) {
	for _, c := range s.ConnsOf(a.Name) {
		s.settle(c.Online(), a)
	}
}

// ConnsOf returns the connections of this server whose user is logged in to an
// account, the oldest first.
func (s *Server) ConnsOf(account string) (all []*Conn) {
	for _, c := range s.Conns() {
		if u := c.Online(); u != nil && s.Network.World.Mapping.Equal(u.Account(), account) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *Conn) int { return cmp.Compare(a.number, b.number) })
	return all
}

// AccountsHere returns the accounts that clients of this server are logged in to.
func (s *Server) AccountsHere() (names []string) {
	for _, c := range s.Conns() {
		if u := c.Online(); u != nil && u.Account() != "" {
			names = append(names, u.Account())
		}
	}
	return names
}

// Elsewhere returns the other servers that have sessions of users who are logged in to
// an account.
func (s *Server) Elsewhere(account string) (servers []string) {
	w := s.Network.World
	for _, u := range w.Users() {
		if !w.Mapping.Equal(u.Account(), account) {
			continue
		}
		for _, server := range w.ServersOf(u) {
			if server != s.Name() && !slices.Contains(servers, server) {
				servers = append(servers, server)
			}
		}
	}
	slices.Sort(servers)
	return servers
}

// accountChanged makes what is online follow a change of an account, on whatever
// server it was made.
func (s *Server) accountChanged(old, a *accounts.Account) {
	if s.followName(old, a) {
		return
	}
	s.informOfAccount(old, a)
	switch {
	case a == nil:
		s.disown(old.Name)
	case s.suspended(a):
		if old == nil || !s.suspended(old) {
			s.expel(a)
		}
	default:
		if old != nil && a.Revoked != old.Revoked {
			s.endSessions(a)
		}
		s.keepResidents(old, a)
		s.tellPersistence(a)
		s.protectNew(old, a)
		s.followLanguage(old, a)
	}
}

// endSessions ends the sessions of an account whose owner wants it, or has another
// password. The user may stay.
func (s *Server) endSessions(a *accounts.Account) {
	for _, c := range s.ConnsOf(a.Name) {
		if c.Key() != a.Revoked.Except {
			c.End(a.Revoked.Reason)
		}
	}
}

func (s *Server) suspended(a *accounts.Account) bool { return suspendedAt(a, s.Now()) }

func suspendedAt(a *accounts.Account, now time.Time) bool {
	return a.Suspended != nil && (a.Suspended.Until.IsZero() || now.Before(a.Suspended.Until))
}

// expel ends the sessions of an account that has been suspended.
func (s *Server) expel(a *accounts.Account) {
	reason := lang.Text("Account suspended").With()
	if a.Suspended.Reason != "" {
		reason = lang.Text("Account suspended: %s").With(a.Suspended.Reason)
	}
	if u := s.Network.World.Resident(a.Name); u != nil {
		s.Network.Stay(u, false, reason.Text, reason.Args...)
	}
	for _, c := range s.ConnsOf(a.Name) {
		c.End(reason.Text, reason.Args...)
	}
}

// disown logs out the users of an account that is no more.
func (s *Server) disown(account string) {
	if u := s.Network.World.Resident(account); u != nil {
		s.Network.Stay(u, false, "Account removed")
	}
	for _, c := range s.ConnsOf(account) {
		if u := c.Online(); u.Account() != "" { // not yet by another of its sessions
			s.Network.SetAccount(network.Actor{User: u}, "")
			s.loseOper(u)
			s.tell(u, "Your account has been removed; you are logged out.")
			s.intruders.put(u, time.Time{})
		}
	}
}
