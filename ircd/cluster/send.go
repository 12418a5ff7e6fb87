package cluster

import (
	"slices"
	"time"
)

// send queues what is to be sent. It never waits. Without a session it is dropped.
func (l *lane) send(it item) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sendLocked(it)
}

func (l *lane) sendLocked(it item) bool {
	if !l.up {
		return false
	}
	l.queue = append(l.queue, it)
	l.queued += int64(len(it.data))
	if l.queued > maxQueue {
		l.end(closing{reason: "it does not keep up: too much waits to be sent to it"}, true)
		return false
	}
	l.change.Broadcast()
	return true
}

// write sends what is to be sent, as far as the window allows.
func (l *lane) write() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for !l.ended && len(l.control) == 0 && (len(l.queue) == 0 || l.waiting >= maxWindow) {
			l.change.Wait()
		}
		var f frame
		switch {
		case len(l.control) > 0:
			if f, l.control = l.control[0], l.control[1:]; f.kind == kindPing {
				l.fill(&f)
			}
		case l.ended:
			return
		default:
			f = l.next()
		}
		l.mu.Unlock()
		l.node.post(l.peer, l.peer.out.seal(&f)) // may wait for a moment
		l.mu.Lock()
	}
}

// say queues a frame that is not counted.
func (l *lane) say(kind byte, payload []byte) {
	l.control = append(l.control, frame{lane: l.number, kind: kind, from: l.mine, to: l.theirs, payload: payload})
	l.change.Broadcast()
}

// next takes from the queue what makes one frame.
func (l *lane) next() frame {
	it := l.queue[0]
	n := 1
	payload := it.data
	if it.kind == kindData {
		payload = appendPiece(make([]byte, 0, min(int(l.queued)+16*len(l.queue), maxFrame+len(it.data))), it.data)
		for n < len(l.queue) && l.queue[n].kind == kindData && len(payload)+len(l.queue[n].data) < maxFrame {
			payload = appendPiece(payload, l.queue[n].data)
			n++
		}
	}
	for _, it := range l.queue[:n] {
		l.queued -= int64(len(it.data))
	}
	clear(l.queue[:n])
	if l.queue = l.queue[n:]; len(l.queue) == 0 {
		l.queue = nil
	}
	l.sent++
	size := int64(len(payload)) + headLen
	l.waiting += size
	l.total.sent += size
	return frame{lane: l.number, kind: it.kind, from: l.mine, to: l.theirs, number: l.sent, payload: payload}
}

// drain waits for a moment until what is queued for servers has been taken by them.
func drain(peers []*peer) {
	for end := time.Now().Add(tick); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if !slices.ContainsFunc(peers, func(p *peer) bool { return p.lanes[linkLane].busy() }) {
			return
		}
	}
}

// busy reports whether anything waits to be sent, or to be taken. What was sent last may
// not have been acknowledged, because that is done in portions.
func (l *lane) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.up && len(l.queue)+len(l.control) > 0
}
