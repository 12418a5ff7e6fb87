// Package mem links servers in one process, for tests. Events pass through their
// encoding, as they would between processes.
package mem

import (
	"log/slog"
	"sync"

	"github.com/parley-irc/parley/ircd/event"
)

// A Hub links any number of servers.
type Hub struct {
	mu    sync.Mutex // of the hub and all its links
	links []*Link
}

// A Link is one server's connection to a Hub. It is a link.Publisher.
type Link struct {
	hub   *Hub
	name  string
	queue [][]byte // without a limit, so that Publish never waits
	wake  chan struct{}
	done  chan struct{}
}

// Connect links a server, whose apply is called with the others' events.
func (h *Hub) Connect(name string, apply func(*event.Event)) *Link {
	l := &Link{hub: h, name: name, wake: make(chan struct{}, 1), done: make(chan struct{})}
	h.mu.Lock()
	h.links = append(h.links, l)
	h.mu.Unlock()
	go l.run(apply)
	return l
}

func (l *Link) run(apply func(*event.Event)) {
	defer close(l.done)
	for range l.wake {
		for _, b := range l.take() {
			e, err := event.Decode(b)
			if err != nil {
				slog.Error("event not understood", "server", l.name, "error", err)
				continue
			}
			apply(e)
		}
	}
}

// Publish implements link.Publisher.
func (l *Link) Publish(e *event.Event) {
	b, err := event.Encode(e)
	if err != nil {
		slog.Error("event not published", "server", l.name, "error", err)
		return
	}
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	for _, other := range l.hub.links {
		if other == l {
			continue
		}
		other.queue = append(other.queue, b)
		select {
		case other.wake <- struct{}{}:
		default: // it is awake
		}
	}
}

func (l *Link) take() [][]byte {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	q := l.queue
	l.queue = nil
	return q
}

// Close disconnects all servers, and waits until what was published is applied.
func (h *Hub) Close() {
	h.mu.Lock()
	links := h.links
	h.links = nil
	h.mu.Unlock()
	for _, l := range links {
		close(l.wake)
		<-l.done
	}
}
