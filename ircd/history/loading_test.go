package history

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// A shelf is a Journal that keeps what it takes.
type shelf struct{ records map[string]string }

func (s *shelf) Wake() {}

// take makes the changes of a ring, as a database would.
func (s *shelf) take(r *Ring) (changes int) {
	groups, _, _ := r.Take()
	for _, g := range groups {
		for _, c := range g {
			changes++
			if s.records[c.Key] = c.Record; c.Record == "" {
				delete(s.records, c.Key)
			}
		}
	}
	return changes
}

// load makes a ring of what is kept.
func (s *shelf) load(t *testing.T) *Ring {
	r := Prepare(Options{BlockSize: 10}, s)
	for _, key := range slices.Sorted(maps.Keys(s.records)) {
		if err := r.Load(key, s.records[key]); err != nil {
			t.Fatal(err)
		}
	}
	r.Loaded(false)
	return r
}

func texts(t *testing.T, r *Ring) (all []string) {
	list, err := r.Query(t.Context(), "#c", Latest(Point{}, 1000))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		all = append(all, e.Body.(event.MessageSent).Text)
	}
	return all
}

// TestRuns: what is said between two commits is one record, which is gone when all of it is in
// a block; what is left of one that is in a block in part is stored anew. What is loaded is
// always what there was, and loading changes nothing.
func TestRuns(t *testing.T) {
	s := &shelf{map[string]string{}}
	r := Prepare(Options{BlockSize: 10}, s)
	clock := event.NewClock("ua", time.Now)
	said := 0
	say := func(n int) {
		for range n {
			r.Append("#c", &event.Event{Stamp: clock.Stamp(), Source: "a!b@c", Body: event.MessageSent{Command: "PRIVMSG", Target: "#c", Text: fmt.Sprint(said)}})
			said++
		}
	}
	check := func(what string, changes, runs int) {
		t.Helper()
		if n := s.take(r); n != changes {
			t.Errorf("%s: %d changes, not %d", what, n, changes)
		}
		n := 0
		for key := range s.records {
			if key[0] == keyRun {
				n++
			}
		}
		if n != runs {
			t.Errorf("%s: %d runs, not %d", what, n, runs)
		}
		again := s.load(t)
		if got, want := texts(t, again), texts(t, r); !slices.Equal(got, want) || len(want) != said {
			t.Errorf("%s: %q is loaded, not %q", what, got, want)
		}
		if n := s.take(again); n > 0 {
			t.Errorf("%s: loading it makes %d changes", what, n)
		}
	}
	say(1)
	check("the first message", 2, 1) // and the name
	say(4)
	check("a few", 1, 2)
	check("nothing", 0, 2)
	say(10)
	r.look(r.books["#c"])
	check("a block, and a run that is in it in part", 5, 1) // block, name; two runs go, one comes
	say(40)
	r.look(r.books["#c"])
	check("blocks, and what was never alone", 7, 1) // four blocks, name; a run for another
}

// TestStrays: entries that an older version has stored one by one become a run, and blocks of
// an older version are read without their signature.
func TestStrays(t *testing.T) {
	s := &shelf{map[string]string{bookKey(7): Record(bookKey(7), []byte("#c"))}}
	clock := event.NewClock("ua", time.Now)
	var sealed []entry
	var want []string
	for i := range 15 {
		e := &event.Event{Stamp: clock.Stamp(), Source: "a!b@c", Body: event.MessageSent{Command: "PRIVMSG", Text: fmt.Sprint(i)}}
		want = append(want, fmt.Sprint(i))
		p, err := appendEntry(nil, e)
		if err != nil {
			t.Fatal(err)
		}
		if x, _ := parseEntry(string(p)); i < 10 {
			sealed = append(sealed, x)
		} else {
			key := entryKey(7, e.Stamp)
			s.records[key] = Record(key, p)
		}
	}
	key := blockKey(7, 1)
	old := []byte(Payload(newBlock(key, sealed).record))
	old[0] = 1
	s.records[key] = Record(key, old)
	r := s.load(t)
	if got := texts(t, r); !slices.Equal(got, want) {
		t.Errorf("%q is loaded, not %q", got, want)
	}
	page, err := r.Search(t.Context(), SearchQuery{Text: "3", In: []Scope{{Buffer: "#c"}}, Limit: 10})
	if err != nil || len(page.Hits) != 2 { // 3 and 13
		t.Errorf("%v are found, %v", page.Hits, err)
	}
	if n := s.take(r); n != 6 || len(s.records) != 3 {
		t.Errorf("%d changes; there is %v", n, slices.Collect(maps.Keys(s.records)))
	}
	if got := texts(t, s.load(t)); !slices.Equal(got, want) {
		t.Errorf("%q is loaded again, not %q", got, want)
	}
}
