package server

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/alwayson"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/blocklist"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/courtesy"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/geoip"
	"github.com/parley-irc/parley/ircd/listener"
	"github.com/parley-irc/parley/ircd/markers"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/reputation"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// openStore opens the records, and what is built on them.
func (s *Server) openStore() (err error) {
	if err := s.openRecords(); err != nil {
		return err
	}
	s.finally("close the records", s.store.Close)
	if s.ID, err = serverID(s.ctx, s.store, s.config.Server.Name); err != nil {
		return err
	}
	if err := s.openMail(); err != nil {
		return err
	}
	if s.authorities, err = OpenAuthorities(s.config, s.options.Now, s.Log); err != nil {
		return err
	}
	s.finallyClose(func() { s.authorities.Close() }) // a rehash puts others in their place
	names := s.accountOptions(s.config).Names
	if err := s.openAccounts(names); err != nil {
		return err
	}
	return s.openGuards(names)
}

// openAccounts opens the accounts, and what belongs to accounts.
func (s *Server) openAccounts(names casemap.Mapping) (err error) {
	if s.accounts, err = accounts.Open(s.ctx, s.store, s.accountOptions(s.config)); err != nil {
		return err
	}
	s.finallyClose(s.accounts.Close)
	if s.channels, err = chanreg.Open(s.ctx, s.store, names, s.Log); err != nil {
		return fmt.Errorf("open the channels: %w", err)
	}
	s.finallyStore("store the channels", s.channels.Flush, s.channels.Close)
	if s.vhosts, err = vhosts.Open(s.ctx, s.store, names, s.Log); err != nil {
		return err
	}
	s.finallyClose(s.vhosts.Close)
	if s.memos, err = memos.Open(s.ctx, s.store, names, s.Log); err != nil {
		return err
	}
	s.finallyClose(s.memos.Close)
	return nil
}

// openGuards opens what operators keep order with.
func (s *Server) openGuards(names casemap.Mapping) (err error) {
	sid := SID(s.config.Server.Name)
	if s.acts, err = audit.Open(s.ctx, s.store, s.config.Logging.Audit, s.Log); err != nil {
		return err
	}
	s.finallyClose(s.acts.Close)
	if s.bans, err = bans.Open(s.ctx, s.store, names, sid, s.Log); err != nil {
		return err
	}
	s.finallyStore("store the hits of bans", s.bans.KeepHits, s.bans.Close)
	if s.filters, err = spamfilter.Open(s.ctx, s.store, sid, s.Log); err != nil {
		return err
	}
	s.finallyStore("store the hits of spam filters", s.filters.KeepHits, s.filters.Close)
	if s.defcon, err = defcon.Open(s.ctx, s.store, s.Log); err != nil {
		return err
	}
	s.finallyClose(s.defcon.Close)
	return nil
}

// atOnce is how many goroutines may give way at the same time, besides two for each
// processor: more only yield. Among them are those that accept connections.
const atOnce = 8

// openParts opens what the core is made of.
func (s *Server) openParts(t *dispatch.Texts) (p Parts, err error) {
	secret, err := cloakSecret(s.ctx, s.store, s.config.Cloak.Secret)
	if err != nil {
		return p, err
	}
	if s.names, err = reputation.Open(s.ctx, s.store, SID(s.config.Server.Name), secret, s.Log); err != nil {
		return p, err
	}
	s.finallyStore("store the reputations", s.names.Keep, s.names.Close)
	flusher := session.NewFlusher()
	s.finallyClose(flusher.Close)
	if s.way, err = courtesy.New(2*runtime.GOMAXPROCS(0) + atOnce); err != nil {
		return p, err
	}
	s.finallyClose(s.way.Close)
	p = Parts{
		Log: s.Log, Now: s.options.Now, Version: s.options.Version, Secret: secret,
		Verify:  newHasher(s.config.Accounts.HashWorkers).verify,
		Flusher: flusher, Way: s.way,
		Self: s.self, Lookup: &listener.Lookup{Timeout: 2 * time.Second},
		Texts: t, Channels: s.channels, Acts: s.acts, Bans: s.bans, Defcon: s.defcon, Filters: s.filters, Blocklists: blocklist.New(), Reputation: s.names,
	}
	if s.config.Accounts.Enabled {
		p.Accounts, p.VHosts, p.Memos = s.accounts, s.vhosts, s.memos
		if err := s.openBeside(&p); err != nil {
			return p, err
		}
	}
	if s.history, err = s.openHistory(); err != nil {
		return p, err
	}
	if s.history != nil {
		p.History = s.history
		s.finally("close the history", s.history.Close)
	}
	return p, nil
}

// openCore makes what clients talk to.
func (s *Server) openCore(t *dispatch.Texts) error {
	p, err := s.openParts(t)
	if err != nil {
		return err
	}
	if s.Core, err = NewCore(s.config, p); err != nil {
		return err
	}
	places, err := geoip.Open(s.config.GeoIP.Country, s.config.GeoIP.ASN)
	if err != nil {
		return err
	}
	s.Core.SetPlaces(places)
	s.network.Store(s.Core.Network)
	s.Core.Rehash, s.Core.Stop, s.Core.Restart, s.Core.Ports = s.Rehash, s.Stop, s.Restart, s.ports
	s.Core.Left, s.Core.Trouble = s.clients.leave, s.trouble
	if p.Accounts != nil {
		if err := s.keepPeople(); err != nil {
			return err
		}
	}
	s.openAPI()
	s.Core.Network.ForgetGuests()
	if err := s.linkUp(); err != nil {
		return err
	}
	for _, loop := range []func(context.Context){s.accounts.Run, s.Core.Watch, tendHeap, s.forgetOld} {
		s.loops.Go(func() { loop(s.ctx) })
	}
	return nil
}

// keepPeople brings back what is known of those with accounts, and keeps it.
func (s *Server) keepPeople() error {
	if err := s.keepResidents(); err != nil {
		return err
	}
	if err := s.keepMarkers(); err != nil {
		return err
	}
	s.Core.FollowNames()
	return nil
}

// keepResidents brings back those who stay without clients, and keeps them.
func (s *Server) keepResidents() error {
	k := &alwayson.Keeper{Network: s.Core.Network, Store: s.store, Wants: s.Core.Wants, Log: s.Log}
	if err := k.Restore(s.ctx); err != nil {
		return err
	}
	s.finally("store those who are always on", k.Save)
	s.loops.Go(func() { k.Run(s.ctx) })
	return nil
}

// keepMarkers reads up to when people have read what, and keeps it.
func (s *Server) keepMarkers() (err error) {
	if s.markers, err = markers.Open(s.ctx, s.Core.Network, s.store, s.Log); err != nil {
		return err
	}
	s.finally("store the read markers", s.markers.Close)
	s.accounts.OnChange(func(old, a *accounts.Account) {
		if a == nil && s.accounts.Successor(old) == nil {
			s.markers.Forget(old.Name)
		}
	})
	s.loops.Go(func() { s.markers.Run(s.ctx) })
	return nil
}
