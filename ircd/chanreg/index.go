package chanreg

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/store"
)

// An index answers from memory what is asked at every join.
type index struct {
	mu      sync.RWMutex // nothing waits under it
	records map[casemap.Folded]entry
	// looks are the channels that nobody else may have, by what they look like.
	looks map[casemap.Folded]map[casemap.Folded]struct{}
	hear  []func(name string, r *Record)
}

// OnChange makes f be called for every change of a record, on whatever server it was
// made, with nil if the record is removed. f must be quick, and must not use the store.
func (s *Service) OnChange(f func(name string, r *Record)) {
	s.index.mu.Lock()
	defer s.index.mu.Unlock()
	s.index.hear = append(s.index.hear, f)
}

type entry struct {
	*Record
	rev    uint64
	akicks []akick
	groups []Grant // to those with access to another channel
}

type akick struct {
	Akick
	ban *extban.Entry
}

// set puts a change of the shelf into the index.
func (s *Service) set(c store.Change) error {
	key := casemap.Folded(c.Key)
	var next entry
	if !c.Deleted {
		r, err := schema.Decode(c.Value)
		if err != nil {
			return fmt.Errorf("channel %s: %w", c.Key, err)
		}
		next = s.compile(&r, c.Rev)
	}
	hear := s.index.put(s, key, next)
	for _, f := range hear {
		f(c.Key, next.Record)
	}
	return nil
}

// put replaces an entry, and returns those who are to hear of it.
func (x *index) put(s *Service, key casemap.Folded, next entry) []func(string, *Record) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if old := x.records[key].Record; old != nil {
		look := s.mapping.Skeleton(old.Name)
		if delete(x.looks[look], key); len(x.looks[look]) == 0 {
			delete(x.looks, look)
		}
	}
	if next.Record == nil {
		delete(x.records, key)
		return x.hear
	}
	x.records[key] = next
	if next.Registered() || next.Forbidden != nil {
		look := s.mapping.Skeleton(next.Name)
		if x.looks[look] == nil {
			x.looks[look] = map[casemap.Folded]struct{}{}
		}
		x.looks[look][key] = struct{}{}
	}
	return x.hear
}

func (s *Service) compile(r *Record, rev uint64) entry {
	e := entry{Record: r, rev: rev}
	for _, a := range r.Akicks {
		ban, err := extban.Parse(s.mapping, a.Mask)
		if err != nil {
			s.log.Error("an akick cannot be read and counts for nothing", "channel", r.Name, "mask", a.Mask, "error", err)
			continue
		}
		e.akicks = append(e.akicks, akick{a, ban})
	}
	for _, g := range r.Access {
		if casemap.IsChannel(g.Account) {
			e.groups = append(e.groups, g)
		}
	}
	return e
}

func (s *Service) entry(key casemap.Folded) entry {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	return s.index.records[key]
}

// Lookup returns the record of a channel, or nil.
func (s *Service) Lookup(name string) *Record { return s.entry(s.mapping.Fold(name)).Record }

// All returns all records, in the order of their names.
func (s *Service) All() []*Record {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	all := make([]*Record, 0, len(s.index.records))
	for _, e := range s.index.records {
		all = append(all, e.Record)
	}
	slices.SortFunc(all, func(a, b *Record) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Count returns how many channels are registered.
func (s *Service) Count() (n int) {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	for _, e := range s.index.records {
		if e.Record.Registered() {
			n++
		}
	}
	return n
}

// Lookalike returns a channel that is registered or forbidden and that people may
// take this name for, or nil. It is not the channel of this name.
func (s *Service) Lookalike(name string) *Record {
	key, look := s.mapping.Fold(name), s.mapping.Skeleton(name)
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	for other := range s.index.looks[look] {
		if other != key {
			return s.index.records[other].Record
		}
	}
	return nil
}

// FlagsOf returns what an account itself may do in a channel; "" is nothing.
func (s *Service) FlagsOf(r *Record, account string, now time.Time) Flags {
	switch {
	case account == "" || !r.Registered() || r.Closed(now) != nil:
		return ""
	case s.mapping.Equal(r.Founder, account):
		return Templates["FOUNDER"]
	}
	return r.Access[s.Key(account)].Flags
}

// Groups returns what those with access to other channels may do in this one.
func (s *Service) Groups(name string) []Grant { return s.entry(s.mapping.Fold(name)).groups }

// GroupedBy returns the channels that give flags to those with access to a channel.
func (s *Service) GroupedBy(name string) (all []*Record) {
	key := s.Key(name)
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	for _, e := range s.index.records {
		if _, listed := e.Access[key]; listed {
			all = append(all, e.Record)
		}
	}
	return all
}

// Key returns the key of an account, or of a channel, in Record.Access.
func (s *Service) Key(account string) string { return string(s.mapping.Fold(account)) }

// Akicked returns the akick of a channel that matches a user, or nil.
func (s *Service) Akicked(name string, u extban.Subject, now time.Time) *Akick {
	for _, a := range s.entry(s.mapping.Fold(name)).akicks {
		if !a.Expired(now) && a.ban.Match(u) {
			return &a.Akick
		}
	}
	return nil
}

// OwnedBy returns how many channels an account has registered.
func (s *Service) OwnedBy(account string) (n int) {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	for _, r := range s.index.records {
		if r.Registered() && s.mapping.Equal(r.Founder, account) {
			n++
		}
	}
	return n
}
