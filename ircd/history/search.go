package history

import (
	"bytes"
	"container/heap"
	"context"
	"slices"
	"sort"
	"strings"
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
	// Next is where to go on, if the page is full: the same query with Next as Before
	// finds what is older. Zero means that there is no more.
	Next Point
}

// A Hit is a message that was found.
type Hit struct {
	Buffer string
	Event  *event.Event
}

// searchWork is for how long a search goes on before it lets others run.
const searchWork = 2 * time.Millisecond

// A seeker is a search on its way: through the parts of all buffers, the latest first.
type seeker struct {
	q        *SearchQuery
	words    [][]byte
	from     string
	features []feature
	needles  needles
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
	part   int         // to be looked at next
	from   int         // the first to be looked at
	end    event.Stamp // of the part
}

// skip goes on to the next part that may have what is searched for, and reports whether
// there is one.
func (p *place) skip(features []feature) bool {
	for p.part >= p.from && p.part < len(p.view.sealed) && !p.view.sealed[p.part].mayAll(features) {
		p.part--
	}
	if p.part < p.from {
		return false
	}
	p.end = p.view.end(p.part)
	return true
}

// places is a heap with the latest on top.
type places []*place

func (p places) Len() int           { return len(p) }
func (p places) Less(i, j int) bool { return p[i].end.After(p[j].end) }
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
	breath := Breath{Work: searchWork, Ease: searchWork / 2}
	for len(s.places) > 0 && !s.full(s.places[0].end) {
		if err := ctx.Err(); err != nil {
			return Page{}, err
		}
		s.step(s.places[0])
		breath.Take()
	}
	page := Page{Hits: s.hits}
	if len(s.hits) == q.Limit && (s.more || len(s.places) > 0) {
		page.Next = Of(s.hits[q.Limit-1].Event.Stamp)
	}
	return page, nil
}

func newSeeker(r *Ring, q *SearchQuery) *seeker {
	s := &seeker{q: q, words: bytes.Fields(appendFolded(nil, q.Text)), from: foldName(q.From), authors: map[string]bool{}}
	for _, w := range s.words {
		s.features = wordFeatures(s.features, w)
		s.needles.add(w)
	}
	if s.from != "" {
		if !strings.ContainsAny(s.from, "{|}~") { // which stand for others, too
			s.needles.add([]byte(s.from))
		}
		f := featureOf(ofName, s.from)
		s.features = append(s.features, f, f.again())
	}
	if q.HasLink {
		s.needles.add([]byte("://"))
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
		from, to := v.span(&sp)
		if p := (&place{buffer: in.Buffer, view: v, span: sp, part: to - 1, from: from}); p.skip(s.features) {
			s.places = append(s.places, p)
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

// step looks at one part.
func (s *seeker) step(p *place) {
	p.view.backwards(p.part, &p.span, s.needles.lack, func(e *entry) bool {
		if s.full(e.stamp) {
			s.more = true
			return false
		}
		if s.matches(e) {
			s.found(p, e)
		}
		return true
	})
	if p.part--; !p.skip(s.features) {
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
