package mem

import (
	"slices"
	"time"
)

// Split cuts servers of these names off from each other, both ways.
func (h *Hub) Split(a, b string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cut == nil {
		h.cut = map[pair]bool{}
	}
	h.cut[pair{a, b}], h.cut[pair{b, a}] = true, true
	for _, l := range h.links {
		for _, p := range l.peers {
			if l.self.Name == a && p.status.Name == b {
				h.part(p, "Connection lost", false)
			}
		}
	}
}

// Heal ends all that was done to what two servers send each other.
func (h *Hub) Heal(a, b string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, way := range []pair{{a, b}, {b, a}} {
		delete(h.cut, way)
		delete(h.rules, way)
	}
	h.pairUp()
}

// Delay makes all that one server sends another take that long.
func (h *Hub) Delay(from, to string, d time.Duration) {
	h.change(from, to, func(r *rule) { r.delay = d })
}

// Lose loses the next publications of one server on the way to another.
func (h *Hub) Lose(from, to string, count int) {
	h.change(from, to, func(r *rule) { r.lose = count })
}

// Deafen loses all that one server sends another, until they are healed.
func (h *Hub) Deafen(from, to string) {
	h.change(from, to, func(r *rule) { r.deaf = true })
}

func (h *Hub) change(from, to string, f func(*rule)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rules == nil {
		h.rules = map[pair]rule{}
	}
	r := h.rules[pair{from, to}]
	f(&r)
	h.rules[pair{from, to}] = r
}

// Hold keeps everything on its way, until Release.
func (h *Hub) Hold() { h.hold(true) }

// Release ends Hold.
func (h *Hub) Release() { h.hold(false) }

func (h *Hub) hold(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held = on
	for _, l := range h.links {
		for _, p := range l.peers {
			p.wake.Broadcast()
		}
	}
}

// How often servers ping each other, and after how long without an answer they find
// each other gone.
const (
	pingEvery = time.Second
	patience  = 3 * time.Second
)

// watch finds out what pings would: what was lost last, and who cannot be heard.
func (h *Hub) watch(quit chan struct{}) {
	t := time.NewTicker(pingEvery)
	defer t.Stop()
	for {
		select {
		case <-quit:
			return
		case <-t.C:
		}
		h.mu.Lock()
		for _, l := range h.links {
			for _, p := range l.peers {
				h.ping(p)
			}
		}
		h.pairUp()
		h.mu.Unlock()
	}
}

func (h *Hub) ping(p *peer) {
	switch {
	case p.other == nil || h.held:
	case h.rules[pair{p.status.Name, p.link.self.Name}].deaf:
		if time.Since(p.silent) >= patience {
			h.part(p, "Ping timeout", false)
		}
	case p.heard < p.sent:
		h.part(p, "Something was lost", false)
	default:
		p.silent = time.Now()
	}
}

func (h *Hub) remove(l *Link) {
	h.links = slices.DeleteFunc(h.links, func(o *Link) bool { return o == l })
}

// Close disconnects all servers, and waits until what was published has been received.
func (h *Hub) Close() {
	h.mu.Lock()
	links := h.links
	h.links = nil
	if h.quit != nil {
		close(h.quit)
		h.quit = nil
	}
	for _, l := range links {
		l.closed = true
		for _, p := range l.peers {
			p.wake.Broadcast()
		}
	}
	h.mu.Unlock()
	for _, l := range links {
		for _, p := range l.peers {
			<-p.ended
		}
	}
}
