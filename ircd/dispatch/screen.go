package dispatch

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/spamfilter"
)

// exempted are whom no spam filter is about, of the configuration.
type exempted struct {
	who      []bans.Query
	channels map[casemap.Folded]bool
}

type exemptions = atomic.Pointer[exempted]

// configureFilters takes over what the configuration says of spam.
func (s *Server) configureFilters(c *config.Config) {
	if s.Filters == nil {
		return
	}
	m := s.Network.World.Mapping
	x := &exempted{who: queries(m, c.Spam.Exempt), channels: map[casemap.Folded]bool{}}
	for _, name := range c.Spam.ExemptChannels {
		x.channels[m.Fold(name)] = true
	}
	s.spamExempt.Store(x)
	var filters []spamfilter.Filter
	for _, f := range c.SpamFilters {
		filters = append(filters, spamfilter.Filter{
			Pattern: f.Pattern, Targets: f.Targets, Action: spamfilter.Action(f.Action), Lasts: time.Duration(f.Duration),
			Dry: f.Dry, Reason: f.Reason, Server: s.Name(),
		})
	}
	s.Filters.Configure(filters)
}

// queries understands a list of whom something is about. What cannot be understood, which
// the check of the configuration has refused, is left out.
func queries(m casemap.Mapping, list []string) (all []bans.Query) {
	for _, text := range list {
		if q, err := bans.Parse(m, bans.Exempt, text); err == nil {
			all = append(all, q)
		}
	}
	return all
}

// Screen is what the spam filters find in what a user says.
func (s *Server) Screen(by network.Actor, w network.Words) *network.Finding {
	found := s.Filters.Match(w.At, w.Texts...)
	if len(found) == 0 || s.spared(by, w.To) {
		return nil
	}
	c, _ := by.Session.Owner().(*Conn)
	if c == nil {
		return nil
	}
	return c.finding(by.Nick(), by.Account(), w, found)
}

// finding is what becomes of words that filters fit, the severest first.
func (c *Conn) finding(nick, account string, w network.Words, found []*spamfilter.Filter) *network.Finding {
	f := found[0]
	action := f.Action
	if w.Relayed && action != spamfilter.Report {
		action = spamfilter.Block // who relays it has not said it
	}
	if f.Dry || action == spamfilter.Login && account != "" {
		action = spamfilter.Report
	}
	x := &network.Finding{
		Refuse: action != spamfilter.Report,
		Silent: action == spamfilter.Shun || action == spamfilter.TempShun,
		Why:    lang.Text("Not sent: %s (spam filter %s)").With(filterReason(f, action), f.ID),
	}
	x.Act = func() {
		for _, f := range found {
			c.Server.spammed(f, action, nick, c.RealAddr(), w)
		}
		if !f.Dry {
			c.strike(f, action)
		}
	}
	return x
}

// filterReason is what somebody is told of a filter.
func filterReason(f *spamfilter.Filter, action spamfilter.Action) any {
	switch {
	case f.Reason != "":
		return f.Reason
	case action == spamfilter.Login:
		return lang.Text("log in to an account to say that")
	}
	return lang.Text("it looks like spam")
}

// spared reports whether no filter is about a user, or about what is said to a channel or
// a user. It is asked only when a filter fits.
func (s *Server) spared(by network.Actor, to string) bool {
	if by.Session == nil || by.Identity().IsOper() {
		return true
	}
	x := s.spamExempt.Load()
	if x.channels[s.Network.World.Mapping.Fold(to)] {
		return true
	}
	if to != "" && !casemap.IsChannel(to) {
		if u := s.Network.World.User(to); u != nil && u.Identity().IsOper() {
			return true // who shows spam to an operator
		}
	}
	c, ok := by.Session.Owner().(*Conn)
	return ok && c.sparedAs(c.suspect(by.User))
}

func (c *Conn) sparedAs(who *suspect) bool {
	s := c.Server
	for _, q := range s.spamExempt.Load().who {
		if q.Match(who) {
			return true
		}
	}
	return s.Bans != nil && s.Bans.Judge(who, s.Now()).Exempt != nil
}

// spammed notes that a filter has met somebody.
func (s *Server) spammed(f *spamfilter.Filter, action spamfilter.Action, nick, addr string, w network.Words) {
	news := s.Filters.Hit(f, s.Now())
	s.Log.Info("spam filter", slog.String("filter", f.ID), slog.String("action", string(action)), slog.String("addr", addr), slog.String("nick", nick), slog.Bool("dry", f.Dry))
	if !news {
		return
	}
	if f.Dry {
		action = "dry"
	}
	text := ""
	if s.Config().Spam.ShowText {
		text = casemap.Truncate(strings.ReplaceAll(w.Texts[0], "\x01", ""), 200)
	}
	s.Network.Inform(modes.SnoSpam, "%[1]s from %[2]s meets the spam filter %[3]s (%[4]s) in %[5]s: %[6]s", nick, addr, f.ID, string(action), placeOf(w), text)
}

// placeOf says where something was said.
func placeOf(w network.Words) string {
	if w.To == "" {
		return w.At.String()
	}
	return w.At.String() + " " + w.To
}

// MayBe refuses a client that is about to be registered from this host, with this
// username, if a spam filter fits who it is.
func (r *Request) MayBe(host, ident string) error {
	g := r.Registration
	f := r.introduced(g.Nick, ident, host, g.Realname, g.Account)
	if f == nil {
		return nil
	}
	f.Act()
	switch {
	case !f.Refuse:
		return nil
	case f.Silent: // it may come, and is not heard
		return nil
	}
	return Quit{Reason: "%s", Words: []any{f.Why}}
}

// MayBecome refuses a nick or a real name if a spam filter fits who the client would be
// then.
func (r *Request) MayBecome(nick, realname string, refusal error) error {
	id := r.User.Identity()
	f := r.introduced(nick, id.Ident, id.Person.RealHost, realname, id.Account)
	if f == nil || id.IsOper() {
		return nil
	}
	f.Act()
	switch x := refusal.(type) {
	case numerics.Reply:
		return f.Err(x)
	case numerics.Fail:
		if f.Refuse && f.Silent {
			return network.ErrUnheard
		}
		if f.Refuse {
			x.Text, x.Words = "%s", []any{f.Why}
			return x
		}
	}
	return nil
}

// introduced is what the filters find in who somebody is.
func (c *Conn) introduced(nick, ident, host, realname, account string) *network.Finding {
	s := c.Server
	if s.Filters == nil || !s.Filters.Any(spamfilter.User) {
		return nil
	}
	w := network.Words{At: spamfilter.User, Texts: []string{nick + "!" + ident + "@" + host + ":" + realname}}
	found := s.Filters.Match(w.At, w.Texts...)
	if len(found) == 0 {
		return nil
	}
	who := &suspect{nick: nick, ident: ident, realname: realname, account: account, certfp: c.Peer.CertFP, server: s.Name(), secure: c.Peer.Secure, addr: c.Addr(), user: c.User}
	who.at(host, c.RealAddr())
	who.groups = c.groupsOf(who)
	if c.sparedAs(who) {
		return nil
	}
	return c.finding(nick, account, w, found)
}

// keepFilterHits stores how often filters have met somebody.
func (s *Server) keepFilterHits(ctx context.Context) {
	if s.Filters == nil {
		return
	}
	if err := s.Filters.KeepHits(ctx); err != nil && ctx.Err() == nil {
		s.Log.Warn("the hits of spam filters are not stored now", "error", err)
	}
}
