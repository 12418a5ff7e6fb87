package jetstream

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/lang"
)

const (
	// tending is how often a server looks after the network, and hurrying how often while
	// servers come and go.
	tending  = 2 * time.Second
	hurrying = 100 * time.Millisecond
	// The log is trimmed when it has more entries or bytes than these, or many more while
	// a server is away that could do with them.
	trimEntries, trimBytes         = 20_000, 16 << 20
	trimEntriesAway, trimBytesAway = 500_000, 128 << 20
	// spare is how many entries stay that all servers have.
	spare = 1000
)

// tend looks after the network until the store is closed.
func (s *Store) tend() {
	strangers := map[string]time.Time{}
	var seen seen
	for next := tending; pause(s.ctx, next); {
		next = tending
		st := s.now()
		members, err := s.Members()
		if err == nil {
			s.announce(&seen, members)
		}
		if err != nil || st.State != cluster.Member || !st.Complete {
			continue
		}
		for name, since := range members {
			s.node.Expect(name, since)
		}
		s.remember(members)
		if !s.node.Leads() {
			clear(strangers)
			continue
		}
		ctx, cancel := context.WithTimeout(s.ctx, 5*time.Second)
		settled, err := s.lead(ctx, members, strangers)
		if err != nil && s.ctx.Err() == nil {
			s.log.Debug("the network is not looked after", "error", err)
		}
		if cancel(); !settled {
			next = hurrying
		}
	}
}

// A seen is what operators have been told last.
type seen struct {
	members map[string]time.Time // nil: nothing
	lonely  bool
}

// announce tells operators who has become a member, who is none any more, and whether
// records can be changed.
func (s *Store) announce(was *seen, members map[string]time.Time) {
	tell := s.o.Cluster.Tell
	if tell == nil {
		tell = func(lang.Text, ...any) {}
	}
	for name := range members {
		if _, ok := was.members[name]; !ok && was.members != nil {
			tell("The server %[1]s is a member of the network now", name)
		}
	}
	for name := range was.members {
		if _, ok := members[name]; !ok {
			tell("The server %[1]s is no member of the network any more", name)
		}
	}
	was.members = members
	lonely := s.hopeless()
	switch {
	case lonely && !was.lonely:
		s.log.Warn("a majority of the servers is not reached: accounts and channels cannot be registered or changed")
		tell("A majority of the servers is not reached: accounts and channels cannot be registered or changed")
	case !lonely && was.lonely:
		s.log.Info("a majority of the servers is reached again")
		tell("A majority of the servers is reached again: accounts and channels can be registered and changed")
	}
	was.lonely = lonely
}

// remember keeps where other servers are reached, for the next start.
func (s *Store) remember(members map[string]time.Time) {
	old := s.now().Addresses
	addresses := maps.Clone(old)
	if addresses == nil {
		addresses = map[string]string{}
	}
	for _, a := range s.node.Met() {
		if _, ok := members[a.Name]; ok {
			addresses[a.Name] = a.At
		}
	}
	maps.DeleteFunc(addresses, func(name, _ string) bool { _, ok := members[name]; return !ok })
	if maps.Equal(addresses, old) {
		return
	}
	if err := s.become(func(st *state) { st.Addresses = addresses }); err != nil {
		s.log.Error("the addresses of other servers are not kept", "error", err)
	}
	s.node.Route(slices.Sorted(maps.Values(addresses)))
}

// lead does what one server has to do for all. It reports whether all is done.
func (s *Store) lead(ctx context.Context, members, strangers map[string]time.Time) (settled bool, err error) {
	g, err := s.node.Group()
	if err != nil {
		return true, err
	}
	kept, leaving := 0, false
	for _, name := range g.Members {
		if _, ok := members[name]; ok {
			kept++
			delete(strangers, name)
			continue
		}
		// One that is about to be enrolled, or to be removed, is not a stranger yet.
		leaving = true
		if strangers[name].IsZero() {
			strangers[name] = time.Now()
		} else if time.Since(strangers[name]) > time.Minute {
			if err := s.node.Expel(ctx, name); err != nil {
				return true, err
			}
		}
	}
	l, err := s.node.LogState(ctx)
	if err != nil {
		return true, err
	}
	if want := min(kept, 3); want > 0 && l.Replicas != want && !leaving {
		s.log.Info("the records are kept by more servers, or fewer", "servers", want, "before", l.Replicas)
		return false, s.node.SetReplicas(ctx, want)
	}
	if to := s.trimmable(l, members); to > l.First {
		return true, s.node.Trim(ctx, to)
	}
	return kept == len(members), nil
}

// safe waits until what this server commits does not depend on one server alone, or ctx
// ends: right after it has joined, too few may keep the log.
func (s *Store) safe(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		members, err := s.Members()
		if err != nil {
			return
		}
		l, err := s.node.LogState(ctx)
		if want := min(len(members), 3); err == nil && l.Replicas >= want && l.Current >= want {
			return
		}
		if !pause(ctx, hurrying) {
			s.log.Warn("fewer servers than there should be keep the log of the records", "error", err)
			return
		}
	}
}

// trimmable returns the number of the entry before which the log is to be trimmed. What
// goes is on the disks of a majority at least, as records.
func (s *Store) trimmable(l cluster.LogState, members map[string]time.Time) uint64 {
	least, have := s.mark(), 1
	for _, a := range s.node.Met() {
		if _, ok := members[a.Name]; ok {
			least = min(least, a.Mark)
			have++
		}
	}
	entries, bytes := uint64(trimEntries), uint64(trimBytes)
	if have < len(members) {
		entries, bytes = trimEntriesAway, trimBytesAway
	}
	if have <= len(members)/2 || l.Last-l.First < entries && l.Bytes < bytes || least < spare {
		return 0
	}
	return least - spare
}
