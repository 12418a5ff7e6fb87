package bans

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// Hits are how often a ban has met somebody, and when it did last.
type Hits struct {
	Count int64     `json:"count"`
	Last  time.Time `json:"last"`
}

var hitSchema = store.Schema[Hits]{Name: "count of a ban"}

// hits are those of one ban. Each server counts its own, under a key of its own, so
// that no two write the same record.
type hits struct {
	here   Hits
	rev    uint64 // of the record of this server, 0 if there is none
	dirty  bool
	others map[string]Hits // by SID
}

// hitCounts are the hits of all bans, by the ban's key.
type hitCounts struct {
	mu sync.Mutex
	by map[string]*hits
}

func (c *hitCounts) init() { c.by = map[string]*hits{} }

func (c *hitCounts) of(key string) *hits {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.by[key]
	if h == nil {
		h = &hits{}
		c.by[key] = h
	}
	return h
}

func (c *hitCounts) total(key string) (sum Hits) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.by[key]
	if h == nil {
		return sum
	}
	sum = h.here
	for _, o := range h.others {
		sum.Count += o.Count
		if o.Last.After(sum.Last) {
			sum.Last = o.Last
		}
	}
	return sum
}

// Hit notes that a ban has met somebody here, and reports whether it is the first time
// within a minute.
func (s *Service) Hit(b *Ban, now time.Time) (news bool) {
	q, err := Parse(s.mapping, b.Action, b.Target)
	if err != nil {
		return false
	}
	h := s.counts.of(q.key)
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	news = now.Sub(h.here.Last) >= time.Minute
	h.here.Count++
	h.here.Last, h.dirty = now, true
	return news
}

// hitsChanged follows the records of how often bans have met somebody.
func (s *Service) hitsChanged(c store.Change) error {
	sid, key, ok := strings.Cut(c.Key, " ")
	if !ok {
		return fmt.Errorf("the key %q names no server", c.Key)
	}
	var v Hits
	if !c.Deleted {
		var err error
		if v, err = hitSchema.Decode(c.Value); err != nil {
			return err
		}
	}
	h := s.counts.of(key)
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	switch {
	case sid == s.server && c.Deleted:
		h.rev = 0
	case sid == s.server:
		if h.rev == 0 && h.here.Count == 0 { // of an earlier run
			h.here = v
		}
		h.rev = c.Rev
	case c.Deleted:
		delete(h.others, sid)
	default:
		if h.others == nil {
			h.others = map[string]Hits{}
		}
		h.others[sid] = v
	}
	return nil
}

// A count is one record to be written, or to be removed with its ban.
type count struct {
	key  string
	hits Hits
	rev  uint64
	gone bool
}

func (c *hitCounts) keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.by))
}

// take returns what of a ban, which may be gone, is to be written.
func (c *hitCounts) take(key string, gone bool) (x count, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.by[key]
	if h == nil {
		return x, false
	}
	x = count{key, h.here, h.rev, gone}
	changed = h.dirty && !gone || gone && h.rev != 0
	h.dirty = false
	if gone && h.rev == 0 && len(h.others) == 0 {
		delete(c.by, key)
	}
	return x, changed
}

// KeepHits stores how often bans have met somebody since it was last called. It is for
// once a minute: a wave of refused clients is not to become a wave of writes.
func (s *Service) KeepHits(ctx context.Context) error {
	var all []count
	for _, key := range s.counts.keys() {
		if c, changed := s.counts.take(key, s.entry(key) == nil); changed {
			all = append(all, c)
		}
	}
	var failed error
	for _, c := range all {
		failed = errors.Join(failed, s.keepHits(ctx, c))
	}
	return failed
}

func (s *Service) keepHits(ctx context.Context, c count) error {
	record := s.server + " " + c.key
	if c.gone {
		err := s.store.Delete(ctx, store.Hits, record, 0)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	value, err := hitSchema.Encode(c.hits)
	if err != nil {
		return err
	}
	_, err = s.store.Put(ctx, store.Hits, record, value, c.rev)
	return err
}
