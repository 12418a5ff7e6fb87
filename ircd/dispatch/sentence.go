package dispatch

import (
	"context"
	"net/netip"
	"time"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/spamfilter"
)

// strike does to a client what a filter says.
func (c *Conn) strike(f *spamfilter.Filter, action spamfilter.Action) {
	switch action {
	case spamfilter.TempShun:
		c.hushed.Store(true)
	case spamfilter.Shun:
		if c.hushed.CompareAndSwap(false, true) {
			c.Server.sentence(f, bans.Shun, c.Addr())
		}
	case spamfilter.Kill:
		c.End("Spam: %s", filterReason(f, action))
	case spamfilter.Ban:
		if c.struck.CompareAndSwap(false, true) {
			c.Server.sentence(f, bans.Out, c.Addr())
		}
		c.End("Spam: %s", filterReason(f, action))
	}
}

// homeBits is how much of an IPv6 address is one household.
const homeBits = 64

// sentence sets a ban by a filter on an address.
func (s *Server) sentence(f *spamfilter.Filter, action bans.Action, addr netip.Addr) {
	b := bans.Ban{Reason: f.Reason, By: "spam filter " + f.ID, Until: f.Until(s.Now())}
	if b.Reason == "" {
		b.Reason = "spam"
	}
	s.punishAddress(action, addr, b)
}

// punishAddress sets a ban on an address, unless others come from there, too: it is one of
// this machine, or all of Tor's.
func (s *Server) punishAddress(action bans.Action, addr netip.Addr, b bans.Ban) {
	if s.Bans == nil || s.inside(addr) || TorNetwork.Contains(addr) {
		return
	}
	target := addr.String()
	if addr.Is6() {
		p, _ := addr.Prefix(homeBits) // cannot fail
		target = p.String()
	}
	q, err := bans.Parse(s.Network.World.Mapping, action, target)
	if err != nil {
		s.Log.Error("a ban by itself", "error", err)
		return
	}
	b.Server = s.Name()
	now := s.Now()
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, err := s.Bans.Set(ctx, q, b, now); err != nil {
			s.Log.Warn("a ban cannot be set just now", "by", b.By, "error", err)
		}
	}()
}
