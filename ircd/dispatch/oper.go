package dispatch

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

// BecomeOper makes the client's user the operator of a block.
func (r *Request) BecomeOper(o *config.Oper) {
	s, n := r.Server, r.Server.Network
	n.MakeOper(r.Actor(), titleOf(s.Config(), o))
	n.ChangeUserModes(r.Actor(), r.User, r.operModes(o))
	if o.Vhost != "" {
		s.GiveHost(r.User, o.Vhost)
	}
	r.Reply(numerics.YoureOper.With())
	r.Audit(audit.Oper, o.Name, o.Class)
	r.tellTrouble()
}

// tellTrouble tells operators who can do something about it what has happened to the
// server's files before they came: nobody was there to read a notice.
func (r *Request) tellTrouble() {
	if r.Server.Trouble == nil || !r.May(privs.Rehash) {
		return
	}
	for _, text := range r.Server.Trouble() {
		r.Notice(text)
	}
}

// operModes are the modes that a block gives.
func (r *Request) operModes(o *config.Oper) []modes.Change {
	t := r.Server.Network.UserModes
	changes, _ := t.Parse(strings.Fields(o.Modes), 8)
	changes = slices.DeleteFunc(changes, func(c modes.Change) bool {
		return c.Letter == modes.ServerNotices && !r.May(privs.Snomask)
	})
	for i, c := range changes {
		changes[i] = FollowSnomask(r.User, c)
	}
	if o.Hidden {
		changes = append(changes, modes.Change{Mode: t.ByLetter(modes.HideOper), Add: true})
	}
	return changes
}

// FollowSnomask makes a change of user mode s, whose parameter may say what to add and
// what to take away, one that says what is received then. Other changes stay.
func FollowSnomask(u *state.User, c modes.Change) modes.Change {
	if c.Letter == modes.ServerNotices && c.Add {
		c.Param, _ = modes.ChangeSnomask(u.Identity().Snomask, c.Param)
		c.Add = c.Param != ""
	}
	return c
}

func titleOf(c *config.Config, o *config.Oper) event.OperTitle {
	return event.OperTitle{Name: o.Name, Class: o.Class, Title: o.Title, Privileges: privilegesOf(c, o.Class)}
}

// privilegesOf returns the privileges of a class, and of those it inherits from.
func privilegesOf(cfg *config.Config, class string) (all []string) {
	for range len(cfg.OperClasses) {
		for _, c := range cfg.OperClasses {
			if c.Name == class {
				all = append(all, c.Privileges...)
				class = c.Inherits
				break
			}
		}
	}
	return all
}

// Fits reports whether the client has all that an operator's block asks for and
// needs no word of the client's: the certificate, the account and the address.
func (c *Conn) Fits(o *config.Oper) bool {
	if o.CertFP != "" && casemap.ASCII.Fold(strings.ReplaceAll(o.CertFP, ":", "")) != casemap.ASCII.Fold(c.Peer.CertFP) {
		return false
	}
	return (o.Account == "" || c.Server.owns(o, c.User)) && within(o.From, c.Addr())
}

func (s *Server) owns(o *config.Oper, u *state.User) bool {
	return u.Account() != "" && s.Network.World.Mapping.Equal(o.Account, u.Account())
}

// within reports whether one of the networks has an address, or there are none.
func within(networks []string, addr netip.Addr) bool {
	return len(networks) == 0 || slices.ContainsFunc(networks, func(s string) bool {
		if p, err := netip.ParsePrefix(s); err == nil {
			return p.Contains(addr)
		}
		a, err := netip.ParseAddr(s)
		return err == nil && a.Unmap() == addr
	})
}

// AutoOper makes the client's user the operator of the first block that asks for
// nothing more than there is.
func (r *Request) AutoOper() {
	if r.User == nil || r.User.Identity().IsOper() {
		return
	}
	opers := r.Server.Config().Opers
	for i := range opers {
		if o := &opers[i]; o.Auto && (o.CertFP != "" || o.Account != "") && r.Fits(o) {
			r.BecomeOper(o)
			return
		}
	}
}

// Deoper ends that a user is an operator, with all that came with it.
func (s *Server) Deoper(by network.Actor, u *state.User) {
	id := u.Identity()
	if !id.IsOper() {
		return
	}
	t := s.Network.UserModes
	var changes []modes.Change
	for _, letter := range []byte{modes.Oper, modes.HideOper, modes.ServerNotices} {
		changes = append(changes, modes.Change{Mode: t.ByLetter(letter)})
	}
	s.Network.ChangeUserModes(by, u, changes)
	if o := s.operNamed(id.Oper.Name); o != nil && o.Vhost != "" && o.Vhost == id.Host {
		s.GiveHost(u, s.HostOf(u.Account()))
	}
}

func (s *Server) operNamed(name string) *config.Oper {
	opers := s.Config().Opers
	for i := range opers {
		if opers[i].Name == name {
			return &opers[i]
		}
	}
	return nil
}

// followOpers makes the operators of this server what the configuration says now.
func (s *Server) followOpers() {
	for _, u := range s.Network.World.Users() {
		if id := u.Identity(); id.IsOper() && u.Local() {
			s.followOper(u, id.Oper)
		}
	}
}

// loseOper ends that a user is an operator who is not logged in any more, but has to
// be.
func (s *Server) loseOper(u *state.User) {
	if id := u.Identity(); id.IsOper() {
		s.followOper(u, id.Oper)
	}
}

func (s *Server) followOper(u *state.User, now *event.OperTitle) {
	o := s.operNamed(now.Name)
	if o == nil || o.Account != "" && !s.owns(o, u) {
		s.Deoper(network.Actor{}, u)
		s.Record(audit.Deoper, audit.Entry{Source: s.Name(), Target: u.Nick()})
		return
	}
	title := titleOf(s.Config(), o)
	if event.Pack(title) == event.Pack(*now) {
		return
	}
	s.Network.MakeOper(network.Actor{User: u}, title)
	if u.Has(modes.ServerNotices) && !privs.Of(title.Privileges).Has(privs.Snomask) {
		s.Network.ChangeUserModes(network.Actor{}, u, []modes.Change{{Mode: s.Network.UserModes.ByLetter(modes.ServerNotices)}})
	}
}
