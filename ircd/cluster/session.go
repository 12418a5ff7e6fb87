package cluster

import (
	"errors"
	"fmt"
	"time"
)

// accept takes a frame that has come from the other server.
func (l *lane) accept(f *frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	if f.kind == kindOpen {
		l.opened(f)
		return
	}
	if f.to != l.mine || f.from != l.theirs {
		return // of a session that has ended
	}
	l.heard = time.Now()
	switch {
	case f.kind == kindClose:
		l.closed(f)
	case f.kind == kindPing:
		l.pong(f)
	case f.counted() && l.up:
		l.count(f)
	}
}

// opened takes the word of the other server that its session has begun.
func (l *lane) opened(f *frame) {
	if f.from == l.theirs && f.to == l.mine && l.up || f.from == 0 {
		return
	}
	if l.up {
		l.end(closing{reason: "it has begun anew"}, false)
	}
	if !l.wanted() {
		return
	}
	l.theirs = f.from
	if f.to == l.mine {
		l.up = true
		l.begun = time.Now()
		l.heard = l.begun
		l.inbox = append(l.inbox, news{up: true})
	}
	l.say(kindOpen, nil)
}

// wanted reports whether a session may begin.
func (l *lane) wanted() bool {
	return !l.ended && !time.Now().Before(l.pause) && l.node.wants(l)
}

// count takes a frame that must be the next one.
func (l *lane) count(f *frame) {
	if f.number != l.arrived+1 {
		l.end(closing{reason: fmt.Sprintf("something it has sent is lost: number %d came after %d", f.number, l.arrived)}, true)
		return
	}
	l.arrived = f.number
	size := int64(len(f.payload)) + headLen
	l.total.received += size
	if l.unread += size; l.unread > 2*maxWindow+maxPayload {
		l.fail(errors.New("it sends more than was asked for"))
		return
	}
	e := news{session: l.mine, size: size}
	if f.kind == kindData {
		e.data = f.payload
		l.inbox = append(l.inbox, e)
		l.change.Broadcast()
		return
	}
	if len(f.payload) < 8 {
		l.fail(errFrame)
		return
	}
	l.unread -= size
	l.requested(f)
	l.took(size)
}

// closed ends the session as the other server has.
func (l *lane) closed(f *frame) {
	c := closing{reason: "it has ended the session"}
	if len(f.payload) > 1 {
		c = closing{reason: "it says: " + string(f.payload[1:]), goodbye: f.payload[0]&1 != 0}
		if c.goodbye {
			c.reason = string(f.payload[1:])
		}
	}
	l.end(c, false)
}
