package dispatch

import (
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

// A guard is what the server does by itself about bans.
type guard struct {
	sweep  atomic.Int32 // 0: nothing to do, 1: one goes on, 2: another one must follow
	wave   wave         // of clients who are refused after the handshake
	busy   atomic.Bool  // bans are being expired, or hits kept
	minute time.Time    // when hits were kept last; used by Watch alone
}

// FollowBans applies the bans to who is online, from now on.
func (s *Server) FollowBans() {
	s.Bans.OnChange(func(old, new *bans.Ban) {
		if new != nil && new.Action == bans.Reserve {
			go s.reclaim(new)
			return
		}
		s.sweepSoon()
	})
}

// GuardNames keeps channels from those for whom they are reserved, or who may not make
// any now, besides what the hook says that there is.
func (s *Server) GuardNames() {
	h := &s.Network.Hooks
	h.Closed = func() bool { return s.Defcon.Closed(defcon.Strangers) }
	admit := h.Admit
	h.Admit = func(u *state.User, name string, ch *state.Channel) error {
		refuse := numerics.Unavailable.With(name)
		if b := s.Reserved(u, name); b != nil {
			return refuse.Because("This channel is reserved: %s", ReasonOf(b))
		}
		if ch == nil && u.Account() == "" && !u.Identity().IsOper() && s.Defcon.Closed(defcon.Strangers) {
			return refuse.Because("Just now, only those who are logged in can make channels")
		}
		if admit == nil {
			return nil
		}
		return admit(u, name, ch)
	}
}

// changed looks at a user of this server of whom something is new.
func (s *Server) changed(u *state.User, joined bool) {
	if !joined && s.protection(u.Nick(), u.Account()) != protectNot {
		s.intruders.put(u, time.Time{}) // whoever has given them the nick, perhaps elsewhere
	}
	for _, x := range u.Sessions() {
		c, ok := x.Owner().(*Conn)
		if !ok {
			continue
		}
		if !joined && c.Online() == u {
			c.settleGroups(u)
		}
		if s.Bans != nil && !s.Bans.Empty() && (!joined || s.Bans.Channels()) {
			c.judge()
		}
	}
}

// sweepSoon looks at everybody who is connected. Of several calls the last one counts.
func (s *Server) sweepSoon() {
	if s.guard.sweep.Swap(2) != 0 {
		return
	}
	go func() {
		for s.guard.sweep.Store(1); ; {
			for _, c := range s.Conns() {
				c.judge()
			}
			for _, u := range s.Network.World.Residents() {
				if b := s.Bans.Judge(resident(u), s.Now()).Out; b != nil {
					s.met(b, u.Nick(), "")
					s.Network.Stay(u, false, "Banned: %s", ReasonOf(b))
				}
			}
			if s.guard.sweep.CompareAndSwap(1, 0) {
				return
			}
			s.guard.sweep.Store(1)
		}
	}()
}

// judge applies the bans to a client that is registered. Any goroutine may call it.
func (c *Conn) judge() {
	u := c.Online()
	if u == nil || c.ended.Load() != nil {
		return
	}
	v := c.Server.Bans.Judge(c.suspect(u), c.Server.Now())
	switch {
	case v.Out != nil:
		c.endBanned(v.Out, u)
	case v.Login != nil && u.Account() == "":
		c.endBanned(v.Login, u)
	default:
		c.setShun(v.Shun, u)
	}
}

func (c *Conn) endBanned(b *bans.Ban, u *state.User) {
	c.Server.met(b, u.Nick(), c.RealAddr())
	m := c.Server.Network.Numeric(u.Nick(), c.Server.banned(b))
	c.Session.SendMessage(&m)
	c.End("Banned: %s", ReasonOf(b))
}

// setShun makes the client unheard, or heard again. It is not told.
func (c *Conn) setShun(b *bans.Ban, u *state.User) {
	if c.shunned.Swap(b != nil) || b == nil {
		return
	}
	c.Server.met(b, u.Nick(), c.RealAddr())
}

// MayConnect refuses a client that is about to be registered from this host, with this
// username. Version is that of the bans by which it may.
func (r *Request) MayConnect(host, ident string) (version uint64, err error) {
	s := r.Server
	if s.Bans != nil {
		version = s.Bans.Version()
	}
	x := r.newcomer(host, ident)
	var v bans.Verdict
	if s.Bans != nil && !s.Bans.Empty() {
		v = s.Bans.Judge(x, s.Now())
	}
	if err := r.mayEnter(v); err != nil {
		return version, err
	}
	if err := r.mayEnterListed(x, v); err != nil {
		return version, err
	}
	b := v.Out
	if b == nil && x.account == "" && v.Login != nil {
		b = v.Login
		r.Fail(accountRequired.Because("From where you are, one can connect only by logging in to an account"))
	}
	if b == nil {
		r.shunned.Store(v.Shun != nil)
		if v.Shun != nil {
			s.met(v.Shun, x.nick, r.RealAddr())
		}
		return version, nil
	}
	s.met(b, x.nick, r.RealAddr())
	r.Reply(s.banned(b))
	return version, Quit{Reason: "Banned: %s", Words: []any{ReasonOf(b)}}
}

var accountRequired = numerics.Fail{Command: "*", Code: "ACCOUNT_REQUIRED"}

// Connected looks again at a client that has been registered, if the bans have changed
// since that version.
func (c *Conn) Connected(version uint64) {
	if s := c.Server; s.Bans != nil && s.Bans.Version() != version {
		c.judge()
	}
}
