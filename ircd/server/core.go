package server

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"log/slog"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/authtoken"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/blocklist"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/cloak"
	"github.com/parley-irc/parley/ircd/commands"
	"github.com/parley-irc/parley/ircd/courtesy"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/profiles"
	"github.com/parley-irc/parley/ircd/push"
	"github.com/parley-irc/parley/ircd/reputation"
	"github.com/parley-irc/parley/ircd/services"
	"github.com/parley-irc/parley/ircd/services/chanserv"
	"github.com/parley-irc/parley/ircd/services/hostserv"
	"github.com/parley-irc/parley/ircd/services/memoserv"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/vhosts"
	"github.com/parley-irc/parley/languages"
)

// Parts are what a core needs from outside.
type Parts struct {
	Log     *slog.Logger
	Now     func() time.Time // the wall clock, for what users see
	Version string
	// Secret is what cloaks are made with.
	Secret []byte
	// Verify compares a password with a hash.
	Verify func(ctx context.Context, hash, password string) bool
	// Self is what other servers know of this one, see network.Describe; nil leaves it
	// alone. Link, unless it is nil, then connects it to them at once; else LinkTo of
	// the network must follow.
	Self *link.Server
	Link func(handler link.Handler) link.Link
	// Flusher, unless it is nil, writes for all sessions that can do with it.
	Flusher *session.Flusher
	// Way is what who has run lines for long gives to others; or nil.
	Way    *courtesy.Way
	Lookup dispatch.Lookup
	// Languages are those that texts can be read in; nil: those that are built in.
	Languages *lang.Languages
	Texts     *dispatch.Texts
	// History is what was said; nil: it is kept in memory, if the configuration
	// has it kept.
	History history.Log
	// Accounts are those that users may log in to; nil: there are none.
	Accounts *accounts.Service
	// Tokens are what services elsewhere know clients by; nil: there are none.
	Tokens *authtoken.Issuer
	// Profiles keep the metadata of accounts; nil: it is not kept.
	Profiles *profiles.Keeper
	// Push tells devices of what is said to those who are away; nil: nobody is told.
	Push *push.Service
	// Channels are those that are registered; nil: none can be.
	Channels *chanreg.Service
	// VHosts are the hosts of accounts; nil: there are none.
	VHosts *vhosts.Service
	// Memos are what people leave for each other; nil: nothing.
	Memos *memos.Service
	// Acts are what operators do; nil: that is not kept.
	Acts *audit.Log
	// Bans are those of the network; nil: there are none.
	Bans *bans.Service
	// Filters are the spam filters of the network; nil: there are none.
	Filters *spamfilter.Service
	// Blocklists are asked about addresses, by Resolver unless that is nil.
	Blocklists *blocklist.Checker
	Resolver   blocklist.Resolver
	// Reputation is how well people are known; nil: everybody is.
	Reputation *reputation.Service
	// Defcon is how alert the network is; nil: it never is.
	Defcon *defcon.Service
}

// NewCore returns a server without sockets and files: what clients talk to.
func NewCore(c *config.Config, p Parts) (*dispatch.Server, error) {
	m, err := casemap.ParseMapping(c.Server.Casemapping)
	if err != nil {
		return nil, fmt.Errorf("server.casemapping: %w", err)
	}
	n := newNetwork(c, m, p)
	s := assemble(c, n, p)
	s.Attach()
	connect(s, p)
	s.Services = services.All(m, services.Choice{
		Commands: s.Commands, Accounts: p.Accounts != nil, Channels: p.Channels != nil, Hosts: p.VHosts != nil,
		Memos: p.Memos != nil, History: n.History != nil,
	})
	if p.Accounts != nil {
		p.Accounts.Forbid(s.Forbids)
		p.Accounts.Present(s.AccountsHere)
	}
	for _, c := range s.Services.Commands() {
		s.Commands.Add(c)
	}
	if s.Languages == nil {
		if s.Languages, err = languages.Load(); err != nil {
			return nil, err
		}
	}
	if p.Texts == nil {
		p.Texts = &dispatch.Texts{}
	}
	s.Configure(c, p.Texts)
	if p.Link != nil {
		n.LinkTo(p.Link)
	}
	return s, nil
}

// newNetwork returns a network where nobody is yet.
func newNetwork(c *config.Config, m casemap.Mapping, p Parts) *network.Network {
	w := state.New(m, modes.Channel(), c.Limits.Whowas)
	n := network.New(c, w, event.NewClock(SID(c.Server.Name), p.Now), p.Log)
	if p.Self != nil {
		n.Associate(*p.Self)
	}
	if n.History = p.History; n.History == nil && c.History.Enabled {
		n.History = history.New(HistoryOptions(c, p.Now))
	}
	n.Push = p.Push
	return n
}

// assemble puts the parts together.
func assemble(c *config.Config, n *network.Network, p Parts) *dispatch.Server {
	return &dispatch.Server{
		Network:    n,
		Commands:   commands.Table.Copy(),
		Lookup:     p.Lookup,
		Languages:  p.Languages,
		Cloak:      cloak.New(p.Secret, c.Cloak.Suffix).Cloak,
		Verify:     p.Verify,
		Accounts:   p.Accounts,
		Channels:   p.Channels,
		VHosts:     p.VHosts,
		Memos:      p.Memos,
		Acts:       p.Acts,
		Bans:       p.Bans,
		Defcon:     p.Defcon,
		Filters:    p.Filters,
		Blocklists: p.Blocklists,
		Resolver:   p.Resolver,
		Flusher:    p.Flusher,
		Way:        p.Way,
		Log:        p.Log,
		Version:    p.Version,
		Started:    p.Now(),
		Profiles:   p.Profiles,
		Tokens:     p.Tokens,
		Reputation: p.Reputation,
	}
}

// connect lets the parts that are there hear of each other.
func connect(s *dispatch.Server, p Parts) {
	hooks := &s.Network.Hooks
	if p.Channels != nil {
		p.Channels.Linked = s.Network.World.Linked
		chanserv.Attach(s)
	}
	if p.VHosts != nil {
		hostserv.Attach(s)
	}
	if p.Memos != nil {
		memoserv.Attach(s)
	}
	s.GuardNames()
	if p.Reputation != nil {
		hooks.Newcomer = s.IsNewcomer
	}
	if p.Filters != nil {
		hooks.Screen, hooks.Unscreened = s.Screen, p.Filters.Idle
	}
	if p.Bans != nil {
		s.FollowBans()
	}
	if p.Accounts != nil {
		p.Accounts.OnChange(func(old, a *accounts.Account) { accountChanged(s, old, a) })
		s.Follow()
		hooks.Keeps, hooks.Registered = s.HistoryOf, s.RegisteredSince
	}
}

// accountChanged forgets what another has said whose name an account has now, and all of an
// account that is gone: a is nil then, as old is for one that is new.
func accountChanged(s *dispatch.Server, old, a *accounts.Account) {
	switch {
	case a == nil && s.Accounts.Successor(old) != nil: // it has another name
	case a == nil:
		s.Network.ForgetAccount(old.Name)
		s.ForgetName(old.Name)
	case old == nil && len(a.Formerly) > 0:
		s.Network.ForgetFormer(a.Name, s.Now())
	case old == nil:
		s.Network.ForgetFormer(a.Name, a.Created)
	}
}

// HistoryOptions are the bounds of the history.
func HistoryOptions(c *config.Config, now func() time.Time) history.Options {
	each, total := network.HistoryLimits(c)
	return history.Options{Limits: each, Total: total, Now: now}
}

// SID returns the identifier of the server of this name: a letter, and seven
// letters or digits. It is a part of UIDs, which must be valid nicks.
func SID(name string) string {
	sum := sha256.Sum256([]byte(casemap.ASCII.Fold(name)))
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	return "u" + base32.NewEncoding(alphabet).EncodeToString(sum[:5])[:7]
}
