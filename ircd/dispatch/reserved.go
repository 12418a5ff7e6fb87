package dispatch

import (
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
)

// Reserved returns the ban by which u, who may be nil, cannot have a nick or a channel.
// Operators can have any.
func (s *Server) Reserved(u *state.User, name string) *bans.Ban {
	if s.Bans == nil || u != nil && u.Identity().IsOper() {
		return nil
	}
	return s.Bans.Reserved(name, s.Now())
}

// reclaim takes a name that has been reserved from the users of this server who have
// it.
func (s *Server) reclaim(b *bans.Ban) {
	q, err := bans.Parse(s.Network.World.Mapping, b.Action, b.Target)
	if err != nil {
		return
	}
	for _, u := range s.Network.World.Users() {
		if u.Local() && q.MatchName(u.Nick()) && s.Reserved(u, u.Nick()) != nil {
			s.Dislodge(u)
		}
	}
	for _, ch := range s.Network.World.Channels() {
		if !q.MatchName(ch.Name()) {
			continue
		}
		var all []*state.Member
		ch.View(func(v state.View) { all = v.Members() })
		for _, m := range all {
			if m.Local() && s.Reserved(m.User, ch.Name()) != nil {
				reason := lang.Text("This channel is reserved: %s").With(ReasonOf(b))
				_ = s.Network.Kick(network.Actor{}, m.User, ch, reason.String(), false)
			}
		}
	}
}
