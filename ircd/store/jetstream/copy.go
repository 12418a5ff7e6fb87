package jetstream

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// A server that has too little of the log to follow it gets all records of another one, in
// pages. The other one keeps what it has begun to give, so that it is of one moment.

// A copyQuery asks for a page.
type copyQuery struct {
	// Session is "" for the first page.
	Session string `json:"session,omitempty"`
	From    int    `json:"from,omitempty"`
}

// A copyPage is one page: this and, after its length as uvarint, the records.
type copyPage struct {
	Session string `json:"session"`
	Base    uint64 `json:"base"`
	Rev     uint64 `json:"rev"`
	Total   int    `json:"total"` // records in all
}

const (
	// pageSize is about how long a page is, in bytes; a record may be longer.
	pageSize = 256 << 10
	// keepCopy is how long a copy is kept for the next page.
	keepCopy = time.Minute
)

// A copying is what is being given to somebody.
type copying struct {
	page copyPage
	all  []bunt.Stored
	used time.Time
}

// copies are those under way.
type copies struct {
	mu  sync.Mutex
	all map[string]*copying
}

// get returns the one of a session, and forgets those that nobody has asked for lately.
func (c *copies) get(session string) *copying {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, one := range c.all {
		if time.Since(one.used) > keepCopy {
			delete(c.all, id)
		}
	}
	one := c.all[session]
	if one != nil {
		one.used = time.Now()
	}
	return one
}

func (c *copies) put(one *copying) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[string]*copying{}
	}
	one.used = time.Now()
	c.all[one.page.Session] = one
}

// serveCopy answers with a page.
func (s *Store) serveCopy(ctx context.Context, c cluster.Card, query []byte) ([]byte, error) {
	var q copyQuery
	if err := json.Unmarshal(query, &q); err != nil {
		return nil, err
	}
	st := s.now()
	if st.State != cluster.Member || !st.Complete || c.Group != st.Group {
		return nil, errNoNetwork
	}
	one := s.copies.get(q.Session)
	if q.Session == "" {
		// The number of the last entry that was applied says more than the revision, which
		// those that were refused have not. It is read before, so that nothing is left out.
		applied := s.applied.Load()
		all, rev, err := s.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		one = &copying{page: copyPage{newRun(), st.Base, max(rev, st.Base+applied), len(all)}, all: all}
		s.copies.put(one)
	}
	if one == nil {
		return nil, errors.New("that copy is not kept any more")
	}
	head, err := json.Marshal(one.page)
	if err != nil {
		return nil, err
	}
	b := append(binary.AppendUvarint(nil, uint64(len(head))), head...)
	for i := min(max(q.From, 0), len(one.all)); i < len(one.all); i++ {
		r := one.all[i]
		if len(b) > pageSize && len(b)+len(r.Value) > pageSize {
			break
		}
		b = appendText(appendText(b, r.Shelf), r.Key)
		b = binary.AppendUvarint(b, r.Rev)
		b = appendText(b, string(r.Value))
	}
	return b, nil
}

// copyFromAny gets all records from some other server.
func (s *Store) copyFromAny(ctx context.Context) error {
	err := errors.New("no other server can be reached")
	for _, a := range s.node.Met() {
		if a.State != cluster.Member || a.Group != s.now().Group {
			continue
		}
		if err = s.copyFrom(ctx, a.Name); err == nil {
			return nil
		}
	}
	return fmt.Errorf("copy the records: %w", err)
}

// copyFrom gets all records of another server. It waits for it, if it has just begun.
func (s *Store) copyFrom(ctx context.Context, name string) error {
	var all []bunt.Stored
	var page copyPage
	for {
		next, records, err := s.askPage(ctx, name, copyQuery{page.Session, len(all)})
		if err != nil && len(all) == 0 {
			if !pause(ctx, 100*time.Millisecond) {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		page, all = next, append(all, records...)
		if len(all) >= page.Total {
			break
		}
		if len(records) == 0 {
			return errors.New("the other server gives an empty page")
		}
	}
	if page.Base != s.base() {
		return fmt.Errorf("the log of %s begins elsewhere", name)
	}
	if err := s.Reset(ctx, page.Rev, all); err != nil {
		return err
	}
	s.applied.Store(page.Rev - page.Base)
	s.abandon()
	s.log.Info("the records of the network are copied", "from", name, "records", len(all))
	return nil
}

// abandon lets commits under way fail: their entries will not be seen any more.
func (s *Store) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, verdict := range s.waiting {
		verdict <- unavailable(errors.New("the outcome is not known"))
		delete(s.waiting, id)
	}
}

func (s *Store) askPage(ctx context.Context, name string, q copyQuery) (page copyPage, records []bunt.Stored, err error) {
	query, err := json.Marshal(q)
	if err != nil {
		return page, nil, err
	}
	b, err := s.node.Ask(ctx, name, copyService, query)
	if err != nil {
		return page, nil, err
	}
	r := reader{b: b}
	head := r.text()
	if r.bad {
		return page, nil, errEntry
	}
	if err := json.Unmarshal(head, &page); err != nil {
		return page, nil, err
	}
	for len(r.b) > 0 && !r.bad {
		one := bunt.Stored{Shelf: string(r.text()), Record: store.Record{Key: string(r.text()), Rev: r.number(), Value: r.text()}}
		records = append(records, one)
	}
	if r.bad {
		return page, nil, errEntry
	}
	return page, records, nil
}
