package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/lang"
)

// A natsLog receives what NATS logs. It speaks of its own matters, in its own words, so
// most of it is of interest only to who looks for a fault; what an operator has to know,
// this package says in Parley's words.
type natsLog struct {
	node  *Node
	fatal atomic.Pointer[string]
	lost  chan struct{} // capacity 1: a connection was lost
	flag  atomic.Bool
	hurt  atomic.Bool // see mend

	mu      sync.Mutex
	hangups map[string]int // by address
}

// hangsUp is what one hears who is refused in TLS 1.3: nothing. Once or twice that may
// be a server that stops.
const hangsUp = "another server hangs up before it says who it is; if it does not know the key of this one, " + addPin

const addPin = `add the line that "ircd mkcert --link" printed here to its link.pins`

func (l *natsLog) often(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hangups == nil || len(l.hangups) > 1000 {
		l.hangups = map[string]int{}
	}
	l.hangups[address]++
	return l.hangups[address] > 2
}

// worst returns why NATS has given up.
func (l *natsLog) worst() string {
	if s := l.fatal.Load(); s != nil {
		return *s
	}
	return "it does not become ready"
}

// any reports whether a connection was lost since the last call.
func (l *natsLog) any() bool { return l.flag.Swap(false) }

func (l *natsLog) write(level slog.Level, format string, args []any) {
	text := fmt.Sprintf(format, args...)
	if strings.Contains(text, "Error trying to connect to route") && !strings.Contains(text, "(attempt 1)") {
		return // it tries every second
	}
	if strings.Contains(text, "connection closed") {
		l.flag.Store(true)
		select {
		case l.lost <- struct{}{}:
		default:
		}
	}
	if strings.Contains(text, hurts) {
		l.hurt.Store(true)
	}
	if s := explain(text); s != "" && (s != hangsUp || l.often(addressIn(text))) {
		l.node.report.say(s, addressIn(text))
	}
	l.node.o.Log.Log(context.Background(), level, "nats: "+text)
}

// explain returns what an operator has to know of a line of NATS, or "".
func explain(text string) string {
	switch {
	case strings.Contains(text, "Authorization Violation") && strings.Contains(text, "Route Error"):
		return "another server refuses this one: it has another link.secret, knows this server's name with another key, or has that name itself; its log says which"
	case strings.Contains(text, "TLS route handshake error") && strings.Contains(text, "remote error"):
		return "another server does not know the key of this one; " + addPin
	case strings.HasSuffix(text, "Router connection closed: Read Error"): // it has no name yet
		return hangsUp
	case strings.Contains(text, "TLS route handshake error"):
		_, why, _ := strings.Cut(text, "handshake error: ")
		return "a connection to or from another server fails: " + why
	}
	return ""
}

// addressIn returns the address at the beginning of a line of NATS.
func addressIn(text string) string {
	address, _, ok := strings.Cut(text, " - ")
	if !ok {
		return ""
	}
	return address
}

// hostIn returns the host of an address.
func hostIn(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// Noticef implements natsserver.Logger.
func (l *natsLog) Noticef(format string, args ...any) { l.write(slog.LevelDebug, format, args) }

// Warnf implements natsserver.Logger.
func (l *natsLog) Warnf(format string, args ...any) { l.write(slog.LevelDebug, format, args) }

// Errorf implements natsserver.Logger.
func (l *natsLog) Errorf(format string, args ...any) { l.write(slog.LevelDebug, format, args) }

// Fatalf implements natsserver.Logger. Unlike its own, this logger does not end the
// process.
func (l *natsLog) Fatalf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	l.fatal.CompareAndSwap(nil, &text)
	l.write(slog.LevelError, format, args)
}

// Debugf implements natsserver.Logger.
func (l *natsLog) Debugf(string, ...any) {}

// Tracef implements natsserver.Logger.
func (l *natsLog) Tracef(string, ...any) {}

// A reporter tells operators of what goes on for long, but not all the time.
type reporter struct {
	log  *slog.Logger
	tell func(lang.Text, ...any)
	mu   sync.Mutex
	said map[string]time.Time
}

// again is when the same is said again.
const again = 10 * time.Minute

// refuse logs that a server is refused, and tells operators.
func (r *reporter) refuse(server string, err error) {
	if r.due(server + err.Error()) {
		r.log.Warn("another server is refused", "server", server, "reason", err)
		r.tell("The server %[1]s is refused: %[2]s", server, err.Error())
	}
}

// say logs what is wrong with a link, and tells operators.
func (r *reporter) say(message, server string) {
	if r.due(message + hostIn(server)) { // its port may be another one each time
		r.log.Warn(message, "server", server)
		r.tell("The link to %[1]s fails: %[2]s", server, message)
	}
}

// due reports whether something is to be said (again).
func (r *reporter) due(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.said) > 1000 || r.said == nil {
		r.said = map[string]time.Time{}
	}
	if time.Since(r.said[key]) < again {
		return false
	}
	r.said[key] = time.Now()
	return true
}

// forget lets something be said at once when it is so again.
func (r *reporter) forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.said, key)
}
