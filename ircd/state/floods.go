package state

import (
	"time"

	"github.com/parley-irc/parley/ircd/modes"
)

// floods counts what modes F and j limit. Counts are this server's own: a flood
// comes from somewhere, and that server stops it.
type floods struct {
	rules  []modes.FloodRule
	counts map[string]*window
}

// A window counts happenings since its start.
type window struct {
	start time.Time
	count int
	text  string
}

// maxWindows bounds the users that are counted one by one.
const maxWindows = 4096

func (fl *floods) configure(rules, throttle string) {
	fl.rules, _ = modes.ParseFlood(rules)
	if rate, ok := modes.ParseRate(throttle); ok {
		fl.rules = append(fl.rules, modes.FloodRule{Type: "throttle", Rate: rate, Action: "block"})
	}
	fl.counts = nil
}

// Flood counts one happening of this type ("join", "message", "nick", "knock",
// "repeat" or, for mode j, "throttle"), and returns the rule it breaks, or nil.
// Messages and repetitions are counted for each user.
func (cx ChannelTx) Flood(kind string, u *User, text string, now time.Time) *modes.FloodRule {
	fl := &cx.ch.floods
	for i := range fl.rules {
		r := &fl.rules[i]
		if r.Type != kind {
			continue
		}
		key := kind
		if kind == "message" || kind == "repeat" {
			key += u.uid
		}
		if fl.add(key, text, kind == "repeat", r.Rate, now) {
			return r
		}
	}
	return nil
}

// add counts one happening and reports whether it is one too many.
func (fl *floods) add(key, text string, same bool, rate modes.Rate, now time.Time) bool {
	w := fl.counts[key]
	over := w == nil || now.Sub(w.start) >= time.Duration(rate.Seconds)*time.Second
	if over || same && w.text != text {
		if fl.counts == nil || len(fl.counts) >= maxWindows {
			fl.counts = map[string]*window{}
		}
		w = &window{start: now, text: text}
		fl.counts[key] = w
	}
	w.count++
	return w.count > rate.Count
}
