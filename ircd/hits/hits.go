// Package hits counts how often something that operators have set has met somebody,
// such as a ban or a spam filter, and keeps the counts.
//
// Each server counts its own, under a key of its own, so that no two write the same
// record; what people see is the sum. Counts are stored once a minute: a wave of
// refused clients is not to become a wave of writes.
package hits

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// A Count is how often something has met somebody, and when it did last.
type Count struct {
	Count int64     `json:"count"`
	Last  time.Time `json:"last"`
}

var schema = store.Schema[Count]{Name: "count of hits"}

// tally is the counts of one key.
type tally struct {
	here   Count
	rev    uint64 // of the record of this server, 0 if there is none
	dirty  bool
	others map[string]Count // by SID
}

// Counts are the hits of one shelf, by key.
type Counts struct {
	store  store.Store
	shelf  string
	server string // the SID
	log    *slog.Logger
	cancel func()

	mu sync.Mutex
	by map[string]*tally
}

// Open returns the counts on a shelf, for the server with this SID. It fails if there
// is a record that this version cannot read.
func Open(ctx context.Context, st store.Store, shelf, sid string, log *slog.Logger) (*Counts, error) {
	c := &Counts{store: st, shelf: shelf, server: sid, log: log, by: map[string]*tally{}}
	var err error
	if c.cancel, err = store.Follow(ctx, st, shelf, log, c.changed); err != nil {
		return nil, fmt.Errorf("open the hits: %w", err)
	}
	return c, nil
}

// Close stops following the store.
func (c *Counts) Close() { c.cancel() }

// of returns the tally of a key. The caller holds the lock.
func (c *Counts) of(key string) *tally {
	h := c.by[key]
	if h == nil {
		h = &tally{}
		c.by[key] = h
	}
	return h
}

// Len returns of how many keys there are counts.
func (c *Counts) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.by)
}

// Total returns the hits of a key on all servers.
func (c *Counts) Total(key string) (sum Count) {
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

// Hit counts one, and reports whether it is the first here within a while.
func (c *Counts) Hit(key string, now time.Time, while time.Duration) (news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.of(key)
	news = now.Sub(h.here.Last) >= while
	h.here.Count++
	h.here.Last, h.dirty = now, true
	return news
}

// changed follows the records.
func (c *Counts) changed(x store.Change) error {
	sid, key, ok := strings.Cut(x.Key, " ")
	if !ok {
		return fmt.Errorf("the key %q names no server", x.Key)
	}
	var v Count
	if !x.Deleted {
		var err error
		if v, err = schema.Decode(x.Value); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.of(key)
	switch {
	case sid == c.server && x.Deleted:
		h.rev = 0
	case sid == c.server:
		if h.rev == 0 && h.here.Count == 0 { // of an earlier run
			h.here = v
		}
		h.rev = x.Rev
	case x.Deleted:
		delete(h.others, sid)
	default:
		if h.others == nil {
			h.others = map[string]Count{}
		}
		h.others[sid] = v
	}
	return nil
}

// A write is one record to be written, or to be removed with what it counts.
type write struct {
	key  string
	hits Count
	rev  uint64
	gone bool
}

func (c *Counts) keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.by))
}

// take returns what of a key, which may be gone, is to be written.
func (c *Counts) take(key string, gone bool) (x write, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.by[key]
	if h == nil {
		return x, false
	}
	x = write{key, h.here, h.rev, gone}
	changed = h.dirty && !gone || gone && h.rev != 0
	h.dirty = false
	if gone && h.rev == 0 && len(h.others) == 0 {
		delete(c.by, key)
	}
	return x, changed
}

// Keep stores what was counted since it was last called, and removes the counts of
// what is gone.
func (c *Counts) Keep(ctx context.Context, gone func(key string) bool) error {
	var all []write
	for _, key := range c.keys() {
		if w, changed := c.take(key, gone(key)); changed {
			all = append(all, w)
		}
	}
	var failed error
	for _, w := range all {
		failed = errors.Join(failed, c.keep(ctx, w))
	}
	return failed
}

func (c *Counts) keep(ctx context.Context, w write) error {
	record := c.server + " " + w.key
	if w.gone {
		err := c.store.Delete(ctx, c.shelf, record, 0)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	value, err := schema.Encode(w.hits)
	if err != nil {
		return err
	}
	_, err = c.store.Put(ctx, c.shelf, record, value, w.rev)
	return err
}
