package dispatch

import (
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// What PERSISTENCE says of a setting.
const (
	persistOn      = "ON"
	persistOff     = "OFF"
	persistDefault = "DEFAULT"
)

// persistence is the setting always-on by what PERSISTENCE calls its values.
var persistence = map[string]string{persistOn: "true", persistOff: "false", persistDefault: ""}

// PersistenceSetting returns the value of the setting always-on that a client means by
// ON, OFF or DEFAULT.
func PersistenceSetting(word string) (value string, ok bool) {
	value, ok = persistence[strings.ToUpper(word)]
	return value, ok
}

// PersistenceLine tells a client what its user wants, and whether the user stays.
// https://github.com/ircv3/ircv3-specifications/pull/503
func (s *Server) PersistenceLine(u *state.User, a *accounts.Account) wire.Message {
	wants, is := persistDefault, persistOff
	switch a.Settings[SettingAlwaysOn] {
	case "true":
		wants = persistOn
	case "false":
		wants = persistOff
	}
	if s.Network.World.Resident(a.Name) == u {
		is = persistOn
	}
	return wire.Message{Source: s.Name(), Command: "PERSISTENCE", Params: []string{"STATUS", wants, is}}
}

// ReplyPersistence sends the client, which is logged in, its PersistenceLine.
func (r *Request) ReplyPersistence() {
	a := r.Server.Accounts.Lookup(r.User.Account())
	if a == nil {
		return
	}
	m := r.Server.PersistenceLine(r.User, a)
	r.persistent.Store(new(m.String()))
	r.Session.ReplyMessage(&m)
}

// tellPersistence tells the clients of an account that know of it what has changed. The
// one that asks for the change is told by the answer.
func (s *Server) tellPersistence(a *accounts.Account) {
	for _, c := range s.ConnsOf(a.Name) {
		m := s.PersistenceLine(c.Online(), a)
		told := c.persistent.Swap(new(m.String()))
		if c.Has(caps.Persistence) && !c.persisting.Load() && (told == nil || *told != m.String()) {
			c.Session.SendMessage(&m)
		}
	}
}

// Persisting calls f, which changes whether the client's user stays. The client is not
// told of that but by the answer.
func (c *Conn) Persisting(f func() error) error {
	c.persisting.Store(true)
	defer c.persisting.Store(false)
	return f()
}

// persist makes who is online follow a change of the configuration.
func (s *Server) persist() {
	if s.Accounts == nil {
		return
	}
	seen := map[string]bool{}
	for _, c := range s.Conns() {
		u := c.Online()
		if u == nil || seen[u.Account()] {
			continue
		}
		if a := s.Accounts.Lookup(u.Account()); a != nil {
			seen[u.Account()] = true
			s.keepResidents(nil, a)
			s.settleAll(a)
			s.tellPersistence(a)
		}
	}
}
