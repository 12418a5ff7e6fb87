package httpapi

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// An Event is something that has happened.
type Event struct {
	ID     string    `json:"id" doc:"What tells it from others. It grows."`
	Type   string    `json:"type" doc:"What has happened."`
	Time   time.Time `json:"time" doc:"When."`
	Server string    `json:"server" doc:"The server that tells of it."`
	Data   any       `json:"data" doc:"What there is to know; it depends on the type."`
}

// A Kind describes a type of events.
type Kind struct {
	Type string
	Help string
	Data any // the zero value of Data
}

// What events say.
type (
	// AccountEvent is about an account.
	AccountEvent struct {
		Account string `json:"account" doc:"The name of the account."`
		Reason  string `json:"reason,omitempty" doc:"Why, if it was suspended."`
	}
	// ChannelEvent is about a registration.
	ChannelEvent struct {
		Channel string `json:"channel" doc:"The name of the channel."`
		Founder string `json:"founder,omitempty" doc:"The account that owns it."`
	}
	// NoticeEvent is what operators read.
	NoticeEvent struct {
		Kind string `json:"kind" doc:"The kind of notices, as docs/reference/server-notices.md names it."`
		Text string `json:"text" doc:"What operators read, in English."`
	}
	// RehashEvent is what came of reading the configuration.
	RehashEvent struct {
		OK     bool     `json:"ok" doc:"Whether it could be used."`
		Report []string `json:"report" doc:"What has changed, or what is wrong."`
	}
)

// kindsOfEvents are the types. To add one, add a row, and publish it.
var kindsOfEvents = []Kind{
	{"account.registered", "An account is registered.", AccountEvent{}},
	{"account.verified", "An account is confirmed.", AccountEvent{}},
	{"account.suspended", "An account is suspended.", AccountEvent{}},
	{"account.unsuspended", "An account is suspended no more.", AccountEvent{}},
	{"account.removed", "An account is removed.", AccountEvent{}},
	{"channel.registered", "A channel is registered.", ChannelEvent{}},
	{"channel.founder", "A registered channel has another founder.", ChannelEvent{}},
	{"channel.dropped", "A channel is registered no more.", ChannelEvent{}},
	{"ban.set", "A ban is set or changed.", Ban{}},
	{"ban.removed", "A ban is removed, or its time is over.", Ban{}},
	{"oper.act", "An operator, or a program, has used a privilege on this server.", Act{}},
	{"server.notice", "What operators of this server read as notices.", NoticeEvent{}},
	{"server.rehash", "The configuration was read again.", RehashEvent{}},
}

// Kinds returns the types of events.
func Kinds() []Kind { return kindsOfEvents }

// UnknownEvent returns the first of the types, which may be masks, that fits none, or "".
func UnknownEvent(types []string) string {
	for _, t := range types {
		known := false
		for _, k := range kindsOfEvents {
			known = known || wants([]string{t}, k.Type)
		}
		if !known {
			return t
		}
	}
	return ""
}

// wants reports whether one of the types, which may be masks, is this one.
func wants(types []string, t string) bool {
	for _, w := range types {
		if first, ok := strings.CutSuffix(w, "*"); w == t || ok && strings.HasPrefix(t, first) {
			return true
		}
	}
	return false
}

// A Bus carries events to those who want to know. Publishing never waits: who cannot
// keep up is told so, and misses some.
type Bus struct {
	awake     atomic.Bool
	mu        sync.Mutex
	listeners map[*Listener]struct{}
	recent    []Event // of which the last ones are kept, for those who come back
}

// keptEvents is how many of the last events are kept.
const keptEvents = 1000

// NewBus returns a bus.
func NewBus() *Bus { return &Bus{listeners: map[*Listener]struct{}{}} }

// A Listener is who wants to know.
type Listener struct {
	types []string
	bus   *Bus
	ready chan struct{} // something waits

	queue []Event
	lost  int // events that were missed
}

// mostWaiting is how many events wait for a listener.
const mostWaiting = 1024

// Awake says whether anybody may want to know: else events are not even made.
func (b *Bus) Awake(on bool) { b.awake.Store(on) }

// Publish tells everybody who wants to know.
func (b *Bus) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.recent) >= keptEvents {
		b.recent = append(b.recent[:0], b.recent[keptEvents/10:]...)
	}
	b.recent = append(b.recent, e)
	for l := range b.listeners {
		if !wants(l.types, e.Type) {
			continue
		}
		if len(l.queue) >= mostWaiting {
			l.lost++
			continue
		}
		l.queue = append(l.queue, e)
		select {
		case l.ready <- struct{}{}:
		default:
		}
	}
}

// Listen returns a listener, who begins behind the event of an ID if that is known, else
// now. Stop must follow.
func (b *Bus) Listen(types []string, after string) *Listener {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := &Listener{types: types, bus: b, ready: make(chan struct{}, 1)}
	for _, e := range b.recent {
		if after != "" && e.ID > after && wants(types, e.Type) && len(l.queue) < mostWaiting {
			l.queue = append(l.queue, e)
		}
	}
	if len(l.queue) > 0 {
		l.ready <- struct{}{}
	}
	b.listeners[l] = struct{}{}
	return l
}

// Ready is sent to when Take has something.
func (l *Listener) Ready() <-chan struct{} { return l.ready }

// Take returns what has come, and how many events were missed.
func (l *Listener) Take() (events []Event, lost int) {
	l.bus.mu.Lock()
	defer l.bus.mu.Unlock()
	events, lost = l.queue, l.lost
	l.queue, l.lost = nil, 0
	return events, lost
}

// Stop ends that the listener is told.
func (l *Listener) Stop() {
	l.bus.mu.Lock()
	defer l.bus.mu.Unlock()
	delete(l.bus.listeners, l)
}
