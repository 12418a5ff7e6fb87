package history

import (
	"bytes"
	"container/heap"
	"context"
	"slices"
	"sort"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// A SearchQuery asks for messages. What is zero does not restrict.
type SearchQuery struct {
	// Text is words which all must be in the message, as a part of its words
	// or the whole, in any order and in any case.
	Text string
	// From is the nick or the account of the author.
	From string
	// HasLink asks for messages with a link.
	HasLink bool
	// In is where to search. Nothing is searched that is not here.
	In []Scope
	// After and Before bound the time, and are not in it.
	After, Before Point
	// Limit is how many messages are returned at most.
	Limit int
	// Keep decides which messages the asker may see; nil is all.
	Keep func(buffer string, e *event.Event) bool
}

// A Scope is a buffer, or what of it the asker may read: since an event, and before
// another. Zero is no bound.
type Scope struct {
	Buffer       string
	Since, Until event.Stamp
}

// A Page is what a search has found, the newest first.
type Page struct {
	Hits []Hit
	// Next is where to go on: the same query with Next as Before finds what is
	// older. Zero means that there is no more. A search does a bounded amount of
	// work, so that a page may have few hits or none and yet be followed by another.
	Next Point
}

// A Hit is a message that was found.
type Hit struct {
	Buffer string
	Event  *event.Event
}

// searchTime is how long a search goes on before it leaves the rest to the next page.
const searchTime = 20 * time.Millisecond

// A seeker is a search on its way: through the parts of all buffers, the latest first.
type seeker struct {
	q        *SearchQuery
	words    [][]byte
	from     string
	features []feature
	places   places
	hits     []Hit // in order
	more     bool  // there are more than these
	buf      []byte
	authors  map[string]bool // nicks and accounts: whether they are what is searched for
}

// A place is where the search is in one buffer.
type place struct {
	buffer string
	view   view
	span   span
	part   int // to be looked at next
	from   int // the first to be looked at
}

func (p *place) end() event.Stamp { return p.view.end(p.part) }

// places is a heap with the latest on top.
type places []*place

func (p places) Len() int           { return len(p) }
func (p places) Less(i, j int) bool { return p[i].end().After(p[j].end()) }
func (p places) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *places) Push(x any)        { *p = append(*p, x.(*place)) }
func (p *places) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// Search implements Log.
func (r *Ring) Search(ctx context.Context, q SearchQuery) (Page, error) {
	if q.Limit <= 0 {
		return Page{}, nil
	}
	s := newSeeker(r, &q)
	begun := time.Now()
	for len(s.places) > 0 {
		if err := ctx.Err(); err != nil {
			return Page{}, err
		}
		end := s.places[0].end()
		if s.full(end) {
			return s.page(end), nil
		}
		s.step(s.places[0])
		if len(s.places) > 0 && !s.straddles(s.places[0].end()) && time.Since(begun) > r.patience {
			return s.page(s.places[0].end()), nil
		}
	}
	return s.page(event.Stamp{}), nil
}

func newSeeker(r *Ring, q *SearchQuery) *seeker {
	s := &seeker{q: q, words: bytes.Fields(appendFolded(nil, q.Text)), from: foldName(q.From), authors: map[string]bool{}}
	for _, w := range s.words {
		for i := 2; i < len(w); i++ {
			s.features = append(s.features, three(w[i-2], w[i-1], w[i]))
		}
	}
	if s.from != "" {
		f := featureOf(ofName, s.from)
		s.features = append(s.features, f, f.again())
	}
	if q.HasLink {
		f := featureOf(ofLink, "")
		s.features = append(s.features, f, f.again())
	}
	for _, in := range q.In {
		v, ok := r.view(in.Buffer)
		if !ok {
			continue
		}
		v = v.within(in.Since, in.Until)
		sp := v.clip(between(q.After, q.Before))
		if from, to := v.span(&sp); from < to {
			s.places = append(s.places, &place{in.Buffer, v, sp, to - 1, from})
		}
	}
	heap.Init(&s.places)
	return s
}

// full reports whether there are enough hits, if what is left to look at
// is not after a stamp.
func (s *seeker) full(end event.Stamp) bool {
	return len(s.hits) == s.q.Limit && s.hits[s.q.Limit-1].Event.After(end)
}

// straddles reports whether a part that ends at a stamp reaches where the search
// begins, or beyond. A page must not end there: the next would begin no earlier.
func (s *seeker) straddles(end event.Stamp) bool {
	return !s.q.Before.IsZero() && !s.q.Before.from.After(justAfter(end))
}

// justAfter is before all stamps that are after s.
func justAfter(s event.Stamp) event.Stamp {
	s.Server += "\x00"
	return s
}

// step looks at one part.
func (s *seeker) step(p *place) {
	sealed := p.part < len(p.view.sealed)
	if !sealed || p.view.sealed[p.part].mayAll(s.features) {
		list := p.view.entries(p.part, &p.span)
		for i := len(list) - 1; i >= 0; i-- {
			if s.full(list[i].stamp) {
				s.more = true
				break
			}
			if s.matches(&list[i]) {
				s.found(p, &list[i])
			}
		}
	}
	if p.part--; p.part < p.from {
		heap.Pop(&s.places)
		return
	}
	heap.Fix(&s.places, 0)
}

func (s *seeker) matches(e *entry) bool {
	if e.kind != Texts || s.from != "" && !s.by(e) {
		return false
	}
	s.buf = e.text(s.buf)
	for _, w := range s.words {
		if !bytes.Contains(s.buf, w) {
			return false
		}
	}
	return !s.q.HasLink || isLink(s.buf)
}

// by reports whether an entry is of the author.
func (s *seeker) by(e *entry) bool {
	return s.is(nick(e.field(fieldSource))) || s.is(e.field(fieldAccount))
}

func (s *seeker) is(name string) bool {
	is, known := s.authors[name]
	if !known {
		is = foldName(name) == s.from
		s.authors[name] = is
	}
	return is
}

// found adds a hit where it belongs, and forgets those that are too many.
func (s *seeker) found(p *place, e *entry) {
	ev := p.view.ring.decode(e)
	if ev == nil || s.q.Keep != nil && !s.q.Keep(p.buffer, ev) {
		return
	}
	i := sort.Search(len(s.hits), func(i int) bool { return ev.After(s.hits[i].Event.Stamp) })
	s.hits = slices.Insert(s.hits, i, Hit{p.buffer, ev})
	if len(s.hits) > s.q.Limit {
		s.hits, s.more = s.hits[:s.q.Limit], true
	}
}

// page returns the hits after what has not been looked at, which ends at a stamp, or
// all if that is zero.
func (s *seeker) page(end event.Stamp) Page {
	n := sort.Search(len(s.hits), func(i int) bool { return !s.hits[i].Event.After(end) })
	page := Page{Hits: s.hits[:n]}
	switch {
	case n == s.q.Limit && (s.more || !end.IsZero()):
		page.Next = Of(s.hits[n-1].Event.Stamp)
	case !end.IsZero():
		page.Next = Of(justAfter(end)) // what is at the end has not been looked at
	}
	return page
}
