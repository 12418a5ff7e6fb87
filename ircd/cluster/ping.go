package cluster

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// A ping is a sign of life. It has, each as 8 bytes: how many bytes have been taken since
// the last one, the time by the sender's clock, the time in the last ping that has come and
// how long ago that was, the mark of the sender, and how far its wall clock is ahead of its
// clock. The number in its frame shows if the last of what was counted is lost.
const pingLen = 48

// A pulse is what is known from pings.
type pulse struct {
	sent    time.Time // when the last ping was sent
	echo    int64     // the time in the last ping that came
	came    time.Time
	latency time.Duration // there and back
	mark    uint64        // of the other server
	wall    time.Duration // how far the other's wall clock is ahead of our clock
}

// fill makes the payload of a ping.
func (l *lane) fill(f *frame) {
	now := time.Now()
	held := int64(0)
	if l.pulse.echo != 0 {
		held = int64(now.Sub(l.pulse.came))
	}
	f.number = l.sent
	b := make([]byte, 0, pingLen)
	for _, n := range []uint64{
		uint64(l.taken), uint64(l.node.o.Clock.Now().UnixNano()), uint64(l.pulse.echo), uint64(held), l.node.mark(),
		uint64(l.node.o.Clock.ahead()),
	} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	l.taken, l.pulse.echo, l.pulse.sent, f.payload = 0, 0, now, b
}

// pong takes a ping.
func (l *lane) pong(f *frame) {
	if len(f.payload) < pingLen {
		l.fail(errFrame)
		return
	}
	var n [pingLen / 8]int64
	for i := range n {
		n[i] = int64(binary.BigEndian.Uint64(f.payload[8*i:]))
	}
	if l.waiting -= n[0]; l.waiting < 0 {
		l.fail(errFrame)
		return
	}
	if f.number > l.arrived && l.up {
		l.end(closing{reason: fmt.Sprintf("the last it has sent is lost: number %d, of %d", f.number, l.arrived)}, true)
		return
	}
	now, clock := time.Now(), l.node.o.Clock.Now().UnixNano()
	if n[2] != 0 {
		l.pulse.latency = max(time.Duration(clock-n[2]-n[3]), time.Microsecond)
	}
	l.pulse.echo, l.pulse.came = n[1], now
	if mark := uint64(n[4]); mark > l.pulse.mark {
		l.pulse.mark = mark
		l.node.marked(mark)
	}
	ahead := time.Duration(n[1] - clock)
	l.pulse.wall = ahead + time.Duration(n[5])
	if ahead > event.MaxSkew+l.pulse.latency || ahead < -event.MaxSkew-l.pulse.latency {
		l.fail(fmt.Errorf("its clock differs by %v; set both by NTP", ahead.Round(time.Millisecond)))
	}
	l.change.Broadcast()
}

// beat looks after the lane, once in a while.
func (l *lane) beat() {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch now := time.Now(); {
	case l.ended:
	case l.up && now.Sub(l.heard) > silence:
		l.end(closing{reason: fmt.Sprintf("nothing has come from it for %v", now.Sub(l.heard).Round(time.Second))}, true)
	case l.up && !l.node.wants(l):
		l.end(closing{reason: "the link to it is closed"}, true)
	case l.up:
		l.say(kindPing, nil)
		if now.Sub(l.begun) > time.Minute {
			l.failures = 0 // it has lasted
		}
	case l.wanted():
		l.say(kindOpen, nil)
	}
}
