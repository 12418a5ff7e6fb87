// Package session is the server's end of one connection: the queue of what
// waits to be written, the capabilities the client has enabled, and the label
// of the request it is being answered.
//
// Whoever speaks in a channel of a thousand appends to a thousand queues while
// holding the channel's lock. Therefore queueing never waits, allocates nothing
// and copies nothing: a queue refers to bytes that all recipients share. What
// makes delivery cheap is that many queued lines leave in one write; so queues
// are not written at once but as soon as the goroutine that fills them rests.
package session

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Transport is the connection under a session. A net.Conn is one.
type Transport interface {
	Write([]byte) (int, error)
	Close() error // makes a Write that waits return
	SetWriteDeadline(time.Time) error
}

// A Prober is a transport that can write without ever waiting. If the kernel
// takes only part of b, or nothing, n is less than len(b) and err is nil; the
// next call of TryWrite or Write then continues with the byte after it.
type Prober interface {
	TryWrite(b []byte) (n int, err error)
}

// Options are the options of a session. The zero value is usable.
type Options struct {
	// MaxQueue is how many bytes may wait to be written; 0 is DefaultMaxQueue.
	MaxQueue int
	// Flusher writes the queue if there is a Prober. Without both a goroutine does
	// while the queue is not empty.
	Flusher *Flusher
	// Prober writes to the same as the transport; nil: the transport itself, if it is one.
	Prober Prober
	// WriteTimeout is how long one write may take, give or take a quarter; 0
	// is DefaultWriteTimeout.
	WriteTimeout time.Duration
	// Dropped is called when the session closes the connection because of its
	// own limits or a failed write. It is called at most once, on its own
	// goroutine and without locks, and not after Close or Drop. The reason is
	// fit to be shown to users.
	Dropped func(s *Session, reason lang.Text)
	// Written, unless it is nil, counts the bytes that are written.
	Written *atomic.Uint64
	// Owner is whose session it is.
	Owner any
}

// Defaults of Options.
const (
	DefaultMaxQueue     = 1 << 20
	DefaultWriteTimeout = 30 * time.Second
)

// Reasons given to Options.Dropped.
const (
	ReasonQueueExceeded lang.Text = "SendQ exceeded"
	ReasonTimeout       lang.Text = "Write timeout"
	ReasonLost          lang.Text = "Connection lost"
)

// A Session is one connection. All methods are safe for concurrent use, except
// that Begin and End are called by the goroutine that runs its requests.
type Session struct {
	// What Send uses comes first, close together in memory.
	mu      sync.Mutex // last in the lock order; nothing waits under it
	caps    atomic.Uint64
	in      atomic.Pointer[lang.Catalogue] // the language of its client
	label   *label
	max     int
	busy    bool // somebody writes the queue, or has been asked to
	stalled int  // what is queued waits until it is 0
	closed  bool // nothing can be queued any more
	dead    bool // the transport is closed or about to be
	gone    bool // the transport is closed

	flushing bool // somebody writes who never waits, and closes the transport afterwards if dying
	dying    bool
	waiting  bool // a goroutine writes, which may wait

	begun bool // Begin has begun a label; used by the requests' goroutine alone
	refs  uint32
	shard *shard
	next  *Session // in the list of the shard
	queue

	transport Transport
	prober    Prober // or nil
	server    string
	timeout   time.Duration
	deadline  time.Time // of the transport; used by the writer alone
	dropped   func(*Session, lang.Text)
	room      chan struct{} // somebody waits for room
	done      chan struct{} // somebody waits for the end
	expire    *time.Timer   // of Close

	subscription atomic.Pointer[Subscription]
	owner        any
	written      *atomic.Uint64 // or nil
}

// New returns a session that writes to t.
func New(t Transport, o Options) *Session {
	s := &Session{transport: t, max: o.MaxQueue, timeout: o.WriteTimeout, dropped: o.Dropped, server: "*", owner: o.Owner, written: o.Written}
	if s.max <= 0 {
		s.max = DefaultMaxQueue
	}
	if s.timeout <= 0 {
		s.timeout = DefaultWriteTimeout
	}
	p := o.Prober
	if p == nil {
		p, _ = t.(Prober)
	}
	if p != nil && o.Flusher != nil {
		s.prober, s.shard = p, o.Flusher.assign()
	}
	return s
}

// Server sets the source of the BATCH and ACK lines that the session writes.
func (s *Session) Server(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = name
}

// Owner returns whose session it is.
func (s *Session) Owner() any { return s.owner }

// Caps returns the enabled capabilities.
func (s *Session) Caps() caps.Set { return caps.Set(s.caps.Load()) }

// SetCaps replaces the enabled capabilities. What is queued from now on is as
// they say, also by others.
func (s *Session) SetCaps(c caps.Set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caps.Store(uint64(c))
}

// AddCaps enables capabilities besides those that are enabled.
func (s *Session) AddCaps(c caps.Set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caps.Store(s.caps.Load() | uint64(c))
}

// DropCaps disables capabilities.
func (s *Session) DropCaps(c caps.Set) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caps.Store(s.caps.Load() &^ uint64(c))
}

// Queued returns how many bytes wait to be written.
func (s *Session) Queued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size + s.label.size()
}

// Language returns the catalogue of the language in which the client reads texts.
func (s *Session) Language() *lang.Catalogue { return s.in.Load() }

// SetLanguage changes the language for what is queued from now on.
func (s *Session) SetLanguage(in *lang.Catalogue) { s.in.Store(in) }

// Send queues what others did. It never blocks: if the queue exceeds its limit,
// the connection is closed and the queue forgotten.
func (s *Session) Send(f *wire.Frame) {
	s.mu.Lock()
	if !s.closed {
		if b := f.Bytes(s.Caps(), s.Language()); len(b) > 0 {
			s.tell(b)
		}
	}
	s.mu.Unlock()
}

// SendMessage queues a message for this session alone that is not part of the
// response to a request.
func (s *Session) SendMessage(m *wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
	case s.label.holds():
		s.tell(m.AppendIn(nil, s.Caps(), s.Language()))
	default:
		s.appendMessage(m, s.Caps(), s.Language())
		s.queued()
	}
}

// Reply queues what this session's own request caused. A frame with Echo is
// queued only if the client has echo-message.
func (s *Session) Reply(f *wire.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	has := s.Caps()
	if s.closed || f.Echo && !has.Has(caps.EchoMessage) {
		return
	}
	if b := f.Bytes(has, s.Language()); len(b) > 0 {
		s.reply(b)
	}
}

// ReplyMessage queues a reply made for this session alone.
func (s *Session) ReplyMessage(m *wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.replyMessage(m, s.Caps())
	}
}

// tell queues lines that are not part of the response.
func (s *Session) tell(b []byte) {
	if s.label.holds() {
		s.label.hold(b)
	} else {
		s.push(b)
	}
	s.queued()
}

// reply queues lines as a part of the response.
func (s *Session) reply(b []byte) {
	if s.label != nil {
		s.respond(b)
	} else {
		s.push(b)
	}
	s.queued()
}

// replyMessage queues m as a part of the response.
func (s *Session) replyMessage(m *wire.Message, has caps.Set) {
	if s.label != nil {
		s.reply(m.AppendIn(nil, has, s.Language()))
		return
	}
	s.appendMessage(m, has, s.Language())
	s.queued()
}

// queued sees to it that what has been queued is written; or, if that is too
// much, drops the session.
func (s *Session) queued() {
	switch {
	case s.size+s.label.size() > s.max:
		s.fail(ReasonQueueExceeded)
	case !s.busy && s.pending():
		s.schedule()
	}
}
