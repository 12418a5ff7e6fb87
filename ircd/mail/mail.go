// Package mail sends letters to the owners of accounts: codes that confirm an address
// or let somebody choose another password, and notes of what has changed.
//
// Sending takes seconds, or hours if the other side is down. So Send only puts a
// letter into a queue, and a few workers deliver what is in it, again and again until
// the letter is of no use any more. The queue is in memory: who waits for a code asks
// for another one if the server was restarted meanwhile.
package mail

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/parley-irc/parley/ircd/lang"
)

// Errors of Send.
var (
	ErrFull    = errors.New("too many letters wait to be sent")
	ErrRefused = errors.New("no letters are sent to this address")
)

// A Transport delivers messages.
type Transport interface {
	// Deliver returns when the message is in the hands of another server. An error
	// that wraps ErrFinal will be the same if one tries again.
	Deliver(ctx context.Context, m *mail.Msg) error
}

// ErrFinal means that a message will never be delivered.
var ErrFinal = errors.New("the message was refused for good")

// Options are how letters are sent. The zero value of a field stands for the value
// given here.
type Options struct {
	Transport Transport
	From      string   // the address that letters are from
	Network   string   // the name of the network, which is the name of the sender, too
	Refuse    []string // masks of addresses that get no letters
	Workers   int      // letters delivered at once: 2
	Queue     int      // letters that may wait: 500
	PerHour   int      // letters within an hour: any number
	// Retry is how long to wait after each failure: 20 s, 1, 5, 15 and 30 minutes,
	// and then every hour.
	Retry     []time.Duration
	Catalogue *lang.Catalogue // the language of letters; nil is English
	Log       *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Workers <= 0 {
		o.Workers = 2
	}
	if o.Queue <= 0 {
		o.Queue = 500
	}
	if len(o.Retry) == 0 {
		o.Retry = []time.Duration{20 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// A Mailer sends letters.
type Mailer struct {
	ctx    context.Context
	cancel context.CancelFunc
	wait   sync.WaitGroup

	mu      sync.Mutex // nothing waits under it
	options Options
	ready   []*item // to be delivered, the oldest first
	pending int     // letters in all, also those that wait for another attempt
	workers int     // at work
	timers  map[*item]*time.Timer
	hour    int64
	sent    int // within the hour
	counts  Counts
}

// Counts are how many letters were delivered, and how many never will be, since the
// start; and how many wait.
type Counts struct {
	Delivered, Lost uint64
	Waiting         int
}

// Counts returns what has become of the letters.
func (m *Mailer) Counts() Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.counts
	c.Waiting = m.pending
	return c
}

// An item is a letter on its way.
type item struct {
	letter   Letter
	failures int
}

// New returns a mailer. Close must follow.
func New(o Options) *Mailer {
	m := &Mailer{options: o.withDefaults(), timers: map[*item]*time.Timer{}}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	return m
}

// Configure changes the options, also for the letters that wait.
func (m *Mailer) Configure(o Options) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.options = o.withDefaults()
}

// Send sends a letter, for which it does not wait. The errors are ErrRefused if nobody
// can, or may, be written to at the address, and ErrFull.
func (m *Mailer) Send(l Letter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := &m.options
	if hour := time.Now().Unix() / 3600; hour != m.hour {
		m.hour, m.sent = hour, 0
	}
	switch {
	case !Valid(l.To) || o.refused(l.To):
		return ErrRefused
	case m.pending >= o.Queue, o.PerHour > 0 && m.sent >= o.PerHour, m.ctx.Err() != nil:
		return ErrFull
	}
	m.sent++
	m.pending++
	m.start(&item{letter: l})
	return nil
}

// Refuses reports whether no letters are sent to an address.
func (m *Mailer) Refuses(address string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.options.refused(address)
}

// start makes a letter ready. The caller holds the lock. There are no workers while
// there is nothing to do.
func (m *Mailer) start(x *item) {
	m.ready = append(m.ready, x)
	if m.workers < m.options.Workers {
		m.workers++
		m.wait.Go(m.work)
	}
}

// work delivers what is ready until nothing is.
func (m *Mailer) work() {
	for {
		m.mu.Lock()
		if len(m.ready) == 0 || m.ctx.Err() != nil {
			m.workers--
			m.mu.Unlock()
			return
		}
		x, o := m.ready[0], m.options
		m.ready = m.ready[1:]
		m.mu.Unlock()
		m.settle(x, &o, m.deliver(x, &o))
	}
}

// within is how long one attempt may take.
const within = 2 * time.Minute

func (m *Mailer) deliver(x *item, o *Options) error {
	msg, err := x.letter.message(o)
	if err != nil {
		return errors.Join(ErrFinal, err)
	}
	ctx, cancel := context.WithTimeout(m.ctx, within)
	defer cancel()
	return o.Transport.Deliver(ctx, msg)
}

// settle notes what came of an attempt. A letter that would come too late is dropped.
func (m *Mailer) settle(x *item, o *Options, err error) {
	log := o.Log.With("letter", x.letter.Kind, "to", domain(x.letter.To))
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		m.pending--
		m.counts.Delivered++
		log.Info("mail sent")
		return
	}
	x.failures++
	pause := o.Retry[min(x.failures, len(o.Retry))-1]
	if errors.Is(err, ErrFinal) || !time.Now().Add(pause).Before(x.letter.Until) || m.ctx.Err() != nil {
		m.pending--
		m.counts.Lost++
		log.Warn("mail not delivered", "attempts", x.failures, "error", err)
		return
	}
	log.Info("mail not delivered yet", "attempts", x.failures, "error", err)
	m.timers[x] = time.AfterFunc(pause, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.timers[x] != nil {
			delete(m.timers, x)
			m.start(x)
		}
	})
}

// Close waits for the attempts that are under way, for a moment, and returns how many
// letters are dropped.
func (m *Mailer) Close() (dropped int) {
	m.cancel()
	m.mu.Lock()
	for x, t := range m.timers {
		t.Stop()
		delete(m.timers, x)
	}
	m.mu.Unlock()
	m.wait.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pending
}

// domain is what logs say of an address.
func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
