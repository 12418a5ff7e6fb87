// Package throng bounds what many strangers do together, who come or talk in a wave.
//
// A few strangers who come or talk at the same time are what every network hopes for; a
// dozen are a wave. One cannot know which of them are honest, but what they do together
// can be bounded: so much within some seconds and, if several of them press for more, then
// nothing for a while, which lasts as long as they go on. Those who are known bear nothing
// of it.
package throng

import "time"

// Limits are how much a throng may do.
type Limits struct {
	// Most is how much they may do together within Window. Alone, if it is more, is how
	// much one of them may do while no other does anything: who pastes or asks at length
	// is no wave.
	Most, Alone int

	Window time.Duration
	// Closed is for how long nothing is let through once pressing many have been refused.
	Closed time.Duration
}

const (
	// pressing is how many different ones make a wave.
	pressing = 3
	// longest is how often as long again it can last.
	longest = 10
)

// A Throng is what newcomers do to one channel or user. The zero value is nobody.
type Throng struct {
	start   time.Time // of the window
	first   string    // who did something in it first
	several bool      // others have tried, too
	count   int

	refused [pressing - 1]string // of this window
	// since is when it was closed, and until is when it is open again.
	since, until time.Time
}

// Closed reports whether nothing is let through now.
func (c *Throng) Closed(now time.Time) bool { return now.Before(c.until) }

// Over returns from when on nothing of it counts any more, unless more is done.
func (c *Throng) Over(l Limits) time.Time {
	end := c.start.Add(l.Window)
	if c.until.After(end) {
		return c.until
	}
	return end
}

// Let counts what somebody does, of some weight, and reports whether it is let through.
// closes means that from now on nothing else is.
func (c *Throng) Let(who string, weight int, l Limits, now time.Time) (ok, closes bool) {
	if c.Closed(now) {
		if c.refuse(who) {
			c.until = now.Add(min(l.Closed, c.since.Add((longest+1)*l.Closed).Sub(now)))
			c.refused = [pressing - 1]string{}
		}
		return false, false
	}
	if now.Sub(c.start) >= l.Window {
		*c = Throng{start: now, first: who}
	}
	c.several = c.several || who != c.first
	if c.count > 0 && c.count+weight > c.most(l) {
		if closes = c.refuse(who); closes {
			c.since, c.until, c.refused = now, now.Add(l.Closed), [pressing - 1]string{}
		}
		return false, closes
	}
	c.count += weight
	return true, false
}

// most is how much may be done in this window.
func (c *Throng) most(l Limits) int {
	if c.several {
		return l.Most
	}
	return max(l.Most, l.Alone)
}

// refuse notes that somebody is refused, and reports whether that makes a wave.
func (c *Throng) refuse(who string) (wave bool) {
	for i, other := range c.refused {
		switch other {
		case who:
			return false
		case "":
			c.refused[i] = who
			return false
		}
	}
	return true
}
