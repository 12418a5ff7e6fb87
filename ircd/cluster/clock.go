package cluster

import (
	"sync/atomic"
	"time"
)

// A Clock is the time of a server that others are linked to. It follows the wall clock,
// but for one that jumps while the others' do not: what is stamped with a time that is not
// yet would win over all that happens until then, and the others would refuse it. So the
// servers of a network go on through the fault of one wall clock.
type Clock struct {
	wall   func() time.Time
	start  time.Time    // with its monotonic reading
	offset atomic.Int64 // what is added to the time since start, in nanoseconds
	apart  atomic.Bool  // from the wall clock
	doubt  time.Time    // since when it is not known whom to follow; of the caller of follow
}

// NewClock returns a clock that follows wall.
func NewClock(wall func() time.Time) *Clock {
	c := &Clock{wall: wall, start: time.Now()}
	c.set(c.ahead())
	return c
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	return c.start.Add(time.Since(c.start) + time.Duration(c.offset.Load()))
}

// ahead returns how far the wall clock is ahead of this one.
func (c *Clock) ahead() time.Duration { return c.wall().Round(0).Sub(c.Now().Round(0)) }

func (c *Clock) set(ahead time.Duration) { c.offset.Add(int64(ahead)) }

// jump is what a wall clock that is set right step by step does not move by in a second.
const jump = time.Second

// undecided is how long a wall clock that has jumped is not followed while nobody says
// whether it is right: the others may come back meanwhile. The clock of a machine that was
// suspended has jumped, and is right.
const undecided = 10 * time.Second

// follow is to be called about every second. others are how far the wall clocks of the
// servers that are linked are ahead of this clock: what most of them say counts.
func (c *Clock) follow(others []time.Duration) (change clockChange, ahead time.Duration) {
	ahead = c.ahead()
	if ahead.Abs() < jump {
		c.set(ahead)
		c.doubt = time.Time{}
		if c.apart.Swap(false) {
			return clockRight, ahead
		}
		return clockFollows, ahead
	}
	if c.doubt.IsZero() {
		c.doubt = time.Now()
	}
	stay, leave := 0, 0
	for _, o := range others {
		if o.Abs() < (o - ahead).Abs() {
			stay++
		} else {
			leave++
		}
	}
	if stay > leave {
		c.apart.Store(true)
		c.doubt = time.Time{}
		return clockApart, ahead
	}
	if stay == leave && time.Since(c.doubt) < undecided {
		return clockFollows, ahead
	}
	c.set(ahead)
	c.apart.Store(false)
	c.doubt = time.Time{}
	return clockJumped, ahead
}

// A clockChange is what has become of a clock.
type clockChange uint8

const (
	clockFollows clockChange = iota // the wall clock, or nothing is decided
	clockApart                      // from the wall clock, which is wrong
	clockRight                      // the wall clock is right again
	clockJumped                     // with the wall clock
)
