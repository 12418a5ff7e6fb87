package state

import (
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
)

// A Departure is a user who left the network or changed nick.
type Departure struct {
	*Identity
	When time.Time
}

// whowas remembers departures, the oldest of which is forgotten first. Departures
// are numbered from 1; the one of number n is in ring[(n-1) % limit].
type whowas struct {
	limit int
	ring  []departed
	count int
	last  map[casemap.Folded]int // the number of the latest of each nick
}

type departed struct {
	key    casemap.Folded
	before int // the number of the one before of this nick, or 0
	Departure
}

// Depart remembers who had a nick until now.
func (tx *Tx) Depart(id *Identity, now time.Time) {
	w := &tx.w.whowas
	if w.limit == 0 {
		return
	}
	if w.last == nil {
		w.last = map[casemap.Folded]int{}
	}
	w.count++
	if len(w.ring) < w.limit {
		w.ring = append(w.ring, departed{})
	}
	slot := &w.ring[(w.count-1)%w.limit]
	if w.last[slot.key] == w.count-w.limit {
		delete(w.last, slot.key) // it is being forgotten
	}
	key := tx.w.Mapping.Fold(id.Nick)
	*slot = departed{key, w.last[key], Departure{id, now}}
	w.last[key] = w.count
}

// Whowas returns those who had this nick, the latest first, at most limit; 0 is all.
func (w *World) Whowas(nick string, limit int) (found []Departure) {
	key := w.Mapping.Fold(nick)
	w.mu.RLock()
	defer w.mu.RUnlock()
	ws := &w.whowas
	for n := ws.last[key]; n > 0 && n > ws.count-ws.limit; n = ws.ring[(n-1)%ws.limit].before {
		if found = append(found, ws.ring[(n-1)%ws.limit].Departure); len(found) == limit {
			break
		}
	}
	return found
}
