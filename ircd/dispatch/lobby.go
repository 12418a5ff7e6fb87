package dispatch

// This file is about who runs first when many want to. The scheduler takes goroutines
// in turn, each for up to 10 ms, and does not look at the network as long as there are
// any; that is too long for those who only ping, if there are hundreds before them.

import (
	"runtime"
	"time"

	"github.com/parley-irc/parley/ircd/courtesy"
)

// A lobby is where connections wait that are not registered: only as many as it has
// places run lines at the same time. Thousands that connect at once, with whatever they
// have to say, then wait for each other, and not those who are talking for them.
type lobby chan struct{}

// newLobby returns a lobby with one place more than there are processors, so that a
// processor has something to do while who has a place waits for a lock.
func newLobby() lobby { return make(lobby, runtime.GOMAXPROCS(0)+1) }

// takePlace waits for a place in the lobby. Who has had one for long gives way.
func (c *Conn) takePlace() {
	if c.placed {
		if !c.Server.lobby.full() || time.Since(c.turn) < courtesy.ATurn {
			return
		}
		c.leavePlace()
	}
	c.Server.lobby <- struct{}{}
	c.placed, c.turn = true, time.Now()
}

// leavePlace gives the place back, if the connection has one. If others may wait for
// it, those who need none come first: nobody has it meanwhile.
func (c *Conn) leavePlace() {
	if !c.placed {
		return
	}
	if c.Server.lobby.full() {
		c.Server.Way.Give()
	}
	c.placed = false
	<-c.Server.lobby
}

// full reports whether all places are taken.
func (l lobby) full() bool { return len(l) == cap(l) }

// Aside runs f, which waits for something slow. Meanwhile the connection has no place
// in the lobby, which others need. The goroutine of the connection calls it.
func (c *Conn) Aside(f func()) {
	if c.placed {
		c.leavePlace()
		defer c.takePlace()
	}
	f()
}

// A hall is where those wait who have run lines for long and have more to say, or whose
// command may take long while many others do the same: only as many as there are processors
// give way to others, and then go on, at the same time.
type hall chan struct{}

func newHall() hall { return make(hall, runtime.GOMAXPROCS(0)) }

// giveWay lets others run if the connection has run lines for long. Messages are not
// interrupted by it: those that arrive together are to leave together.
func (c *Conn) giveWay() {
	if command := c.request.Command; command != nil && command.Flows {
		return
	}
	if time.Since(c.turn) >= courtesy.ATurn {
		c.Server.hall <- struct{}{}
		c.Server.Way.Give()
		<-c.Server.hall
		c.turn = time.Now()
	}
}

// long is for how long the commands of clients who have one each may take together before
// those come first who have said something meanwhile. It is longer than a turn, because what
// they cause is written in between, and less of it together.
const long = 5 * time.Millisecond

// lineUp waits while others come first, if the command may take long; nil stands for
// leaving. A thousand who join a
// channel at once are all heard soon, and each alone takes little; but what each causes is
// a thousand lines.
func (c *Conn) lineUp(command *Command) {
	if command != nil && (command.Flows || command.Light) || c.Server.Way.Since() < long {
		return
	}
	c.Server.hall <- struct{}{}
	if c.Server.Way.Since() >= long {
		c.Server.Way.Give()
	}
	<-c.Server.hall
}
