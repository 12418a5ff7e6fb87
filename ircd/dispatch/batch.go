package dispatch

import (
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

// batchTimeout is how long a client may leave a batch open.
const batchTimeout = 30 * time.Second

// A Batch is what a client sends in one piece: between BATCH + and BATCH -, the
// messages with its reference in their tag "batch". A client has one at a time.
// Whatever it does wrong ends the batch with one FAIL, and what it still sends of
// it is ignored. The label of the request that opened it is that of the answer to
// the whole.
// https://ircv3.net/specs/extensions/client-batch
type Batch struct {
	Ref string
	// Add takes a message of the batch. It bounds how much the batch may hold: its
	// error ends the batch.
	Add func(m *wire.Message) error
	// Run is called when the batch is complete.
	Run func(r *Request) error
	// Broken refuses a batch in which something else comes, and Late one that is left
	// open. They are those of messages of several lines, unless they are given.
	Broken, Late numerics.Fail

	label  string
	opened time.Time
	size   int         // messages
	over   atomic.Bool // it is complete, refused or timed out
}

// end reports whether the caller is the one who ends the batch.
func (b *Batch) end() bool { return b.over.CompareAndSwap(false, true) }

// OpenBatch begins a batch. The request is answered when the batch ends.
func (r *Request) OpenBatch(b *Batch) {
	if b.Broken.Code == "" {
		b.Broken, b.Late = numerics.MultilineInvalid, numerics.BatchTimeout.With(middle(b.Ref))
	}
	b.label, b.opened = r.Session.Postpone(), time.Now()
	r.batch.Store(b)
}

// IgnoreBatch lets the messages of a batch that has been refused go unanswered.
func (r *Request) IgnoreBatch(ref string) {
	b := &Batch{Ref: ref}
	b.over.Store(true)
	r.batch.Store(b)
}

// CloseBatch runs the batch that is open.
func (r *Request) CloseBatch(ref string) error {
	b := r.batch.Load()
	if b == nil || b.Ref != ref {
		return numerics.BatchNotOpen.With(middle(ref))
	}
	r.batch.Store(nil)
	if !b.end() {
		return nil // it was refused, and its client told
	}
	r.spend(b.size)
	r.Session.Begin(b.label)
	return b.Run(r)
}

// collect adds a message to the batch that its tag names.
func (r *Request) collect(ref string, line []byte) *Quit {
	b := r.batch.Load()
	if b != nil && b.Ref == ref && !b.over.Load() {
		return r.add(b, line)
	}
	r.spend(1)
	// What is left of a batch that was refused needs no answer but to its label.
	known := b != nil && (b.Ref == ref ||
		r.refuse(b, b.Broken.Because("This line has the reference of another batch.")))
	r.Session.Begin(r.Message.Tags.Get("label"))
	if !known {
		r.Fail(numerics.BatchNotOpen.With(middle(ref)))
	}
	r.Session.End()
	return nil
}

func (r *Request) add(b *Batch, line []byte) *Quit {
	b.size++
	err := r.guard(r.Message.Command, func() error {
		if r.Server.Config().Server.UTF8Only && !utf8.Valid(line) {
			return numerics.InvalidUTF8
		}
		return b.Add(&r.Message)
	})
	if quit, ok := err.(Quit); ok {
		return &quit
	}
	if err != nil {
		r.refuse(b, err)
		r.Session.Begin(r.Message.Tags.Get("label")) // which a line must not have, but is answered
		r.Session.End()
	}
	return nil
}

// refuse ends a batch and says why, unless it has ended before.
func (r *Request) refuse(b *Batch, err error) bool {
	if !b.end() {
		return false
	}
	r.spend(b.size)
	r.Session.Begin(b.label)
	r.Error(err)
	r.Session.End()
	return true
}

// interrupt refuses the batch that is open if the request is none that may be made
// meanwhile.
func (r *Request) interrupt() {
	b := r.batch.Load()
	if b == nil || b.over.Load() {
		return
	}
	switch r.Message.Command {
	case "PING", "PONG", "QUIT": // sent whenever it is time to
		return
	case "BATCH":
		if r.Param(0) == "-"+b.Ref {
			return
		}
	}
	r.refuse(b, b.Broken.Because("Close the batch before you send anything else."))
}

// expireBatch ends a batch that has been open for too long. Any goroutine may call
// it.
func (c *Conn) expireBatch(now time.Time) {
	b := c.batch.Load()
	if b == nil || b.over.Load() || now.Sub(b.opened) < batchTimeout || !b.end() {
		return
	}
	said := b.Late.Said()
	m := wire.Message{Source: c.Server.Name(), Command: "FAIL", Params: append([]string{b.Late.Command, b.Late.Code}, b.Late.Context...), Text: &said}
	if b.label != "" {
		m.Tags = wire.Tags{{Key: "label", Value: b.label}}
	}
	c.Session.SendMessage(&m)
}
