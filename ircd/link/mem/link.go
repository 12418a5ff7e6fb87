package mem

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/link"
)

// Publish implements link.Link.
func (l *Link) Publish(data []byte) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	for _, p := range l.peers {
		if p.other == nil || l.closed {
			continue
		}
		in := p.other.peer(l.self) // how the other sees this one
		in.sent++
		way := pair{l.self.Name, p.status.Name}
		if r := l.hub.rules[way]; r.deaf || r.lose > 0 {
			r.lose--
			l.hub.rules[way] = r
			continue
		}
		in.heard++
		p.status.Sent += int64(len(data))
		in.status.Received += int64(len(data))
		if in.heard == in.sent { // what comes behind a gap is dropped: see watch
			in.put(item{data: data})
		}
	}
}

// Request implements link.Link. The answer is as late as publications are.
func (l *Link) Request(ctx context.Context, sid string, query []byte) ([]byte, error) {
	l.hub.mu.Lock()
	p := l.bySID(sid)
	if p == nil || p.other == nil || l.closed {
		l.hub.mu.Unlock()
		return nil, link.ErrUnreachable
	}
	other, down := p.other, p.down
	there, back := l.hub.rules[pair{l.self.Name, p.status.Name}], l.hub.rules[pair{p.status.Name, l.self.Name}]
	l.hub.mu.Unlock()
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		if there.deaf || back.deaf {
			return
		}
		time.Sleep(there.delay)
		answer, err := other.handler.Answer(ctx, l.self.SID, query)
		time.Sleep(back.delay)
		done <- result{answer, err}
	}()
	select {
	case r := <-done:
		if r.err != nil && ctx.Err() == nil {
			return nil, &link.Refusal{Text: r.err.Error()}
		}
		return r.answer, errors.Join(r.err, ctx.Err())
	case <-down.Done():
		return nil, link.ErrUnreachable
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Link) bySID(sid string) *peer {
	for _, p := range l.peers {
		if p.status.SID == sid {
			return p
		}
	}
	return nil
}

// Peers implements link.Link. The latency is that of the rules.
func (l *Link) Peers() (all []link.Peer) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	for _, p := range l.peers {
		s := p.status
		s.Latency = l.hub.rules[pair{l.self.Name, s.Name}].delay + l.hub.rules[pair{s.Name, l.self.Name}].delay
		all = append(all, s)
	}
	return all
}

// Open implements link.Link.
func (l *Link) Open(name string) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	for _, p := range l.peers {
		if p.status.Name == name {
			p.status.Held = false
			l.hub.pairUp()
			return nil
		}
	}
	return link.ErrUnknown
}

// Close implements link.Link.
func (l *Link) Close(name, reason string) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	for _, p := range l.peers {
		if p.status.Name == name {
			p.status.Held = true
			l.hub.part(p, reason, false)
			return nil
		}
	}
	return link.ErrUnknown
}

// part ends what is between two servers.
func (h *Hub) part(p *peer, reason string, bye bool) {
	if other := p.other; other != nil {
		other.peer(p.link.self).end(reason, bye)
		p.end(reason, bye)
	}
}

// Stop ends a server. Kill does so without a word.
func (l *Link) Stop() { l.leave("The server stops", true) }

// Kill ends a server without a word.
func (l *Link) Kill() { l.leave("Connection lost", false) }

func (l *Link) leave(reason string, bye bool) {
	l.hub.mu.Lock()
	for _, p := range l.peers {
		l.hub.part(p, reason, bye)
		p.items = nil
		p.wake.Broadcast()
	}
	l.closed = true
	l.hub.remove(l)
	l.hub.mu.Unlock()
	for _, p := range l.peers {
		<-p.ended
	}
}
