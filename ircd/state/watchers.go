package state

import (
	"slices"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/session"
)

// watchers are the sessions that MONITOR nicks: an index both ways.
// https://ircv3.net/specs/extensions/monitor
type watchers struct {
	of map[casemap.Folded]map[*session.Session]*User
	by map[*session.Session]map[casemap.Folded]string // the nick as it was written
}

func newWatchers() watchers {
	return watchers{
		map[casemap.Folded]map[*session.Session]*User{},
		map[*session.Session]map[casemap.Folded]string{},
	}
}

// Watch lets the session s of u know of the nick, unless it watches limit nicks
// already; ok is then false. Watching a nick again changes nothing; isNew is then
// false.
func (tx *Tx) Watch(u *User, s *session.Session, nick string, limit int) (isNew, ok bool) {
	ws, key := &tx.w.watchers, tx.w.Mapping.Fold(nick)
	if _, again := ws.by[s][key]; again {
		return false, true
	}
	if len(ws.by[s]) >= limit {
		return false, false
	}
	if ws.by[s] == nil {
		ws.by[s] = map[casemap.Folded]string{}
	}
	if ws.of[key] == nil {
		ws.of[key] = map[*session.Session]*User{}
	}
	ws.by[s][key], ws.of[key][s] = nick, u
	return true, true
}

// Unwatch ends what Watch began.
func (tx *Tx) Unwatch(s *session.Session, nick string) {
	tx.w.watchers.remove(s, tx.w.Mapping.Fold(nick))
}

// UnwatchAll ends all that s watches.
func (tx *Tx) UnwatchAll(s *session.Session) {
	for key := range tx.w.watchers.by[s] {
		tx.w.watchers.remove(s, key)
	}
}

func (ws *watchers) remove(s *session.Session, key casemap.Folded) {
	delete(ws.by[s], key)
	if len(ws.by[s]) == 0 {
		delete(ws.by, s)
	}
	delete(ws.of[key], s)
	if len(ws.of[key]) == 0 {
		delete(ws.of, key)
	}
}

// Watched returns the nicks that s watches, as they were written, sorted.
func (tx *Tx) Watched(s *session.Session) (nicks []string) {
	for _, nick := range tx.w.watchers.by[s] {
		nicks = append(nicks, nick)
	}
	slices.Sort(nicks)
	return nicks
}

// Watchers calls f for each session that watches the nick.
func (tx *Tx) Watchers(nick string, f func(u *User, s *session.Session)) {
	for s, u := range tx.w.watchers.of[tx.w.Mapping.Fold(nick)] {
		f(u, s)
	}
}
