// Package history is the log of what was said and done: one buffer per channel
// and per direct conversation, in the order of the stamps, bounded, searchable.
//
// It is written under the lock of a channel and read by everybody who comes
// back, so that neither may wait for the other or for a disk. Therefore the
// whole log is in memory, as compact records that readers share without copying:
// recent entries one after the other on pages, older ones in blocks of a hundred, compressed. A
// Ring is that log. What makes it durable is a Journal beneath it, which asks for what has
// changed when it is about to write; package bunt has one.
package history

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/event"
)

// A Log keeps events by buffer: by the folded name of a channel, or by what
// Conversation returns. Methods may be called concurrently. Implementations must
// pass the tests of package historytest.
//
// Events are returned in ascending order of their stamps and must not be
// modified. Their Facts are not kept: history is narrative, and what is so now is
// known elsewhere. Strings of events share memory with a block of up to a hundred
// others, so whoever keeps one for long clones it.
type Log interface {
	// Append adds an event. It never waits, and readers see it at once. An
	// event that is there already, by its stamp, was redacted or has no body is not
	// added, and its ticket is 0.
	Append(buffer string, e *event.Event) Ticket
	// Wait returns when what returned the ticket is durable: after at most 5 ms
	// and an fsync, or at once if the log promises less. After ErrNotDurable the
	// change is in memory, and will be written when that is possible again.
	Wait(ctx context.Context, t Ticket) error

	// Query returns events of a buffer. A buffer that does not exist is empty.
	Query(ctx context.Context, buffer string, q Query) ([]*event.Event, error)
	// Related returns the events of a buffer that refer to one of msgids by a
	// reply tag: replies, reactions.
	Related(ctx context.Context, buffer string, msgids []string, limit int) ([]*event.Event, error)
	// Get returns the event with this msgid in a buffer, or ErrNotFound.
	Get(buffer, msgid string) (*event.Event, error)
	// Redacted reports whether a Redacted in a buffer is about the event with this
	// msgid: then that is not added any more.
	Redacted(buffer, msgid string) bool
	// Find returns the event with this msgid and its buffer, or ErrNotFound.
	Find(msgid string) (buffer string, e *event.Event, err error)
	// Targets returns buffers by the time of their latest message.
	Targets(ctx context.Context, q TargetsQuery) ([]Target, error)
	// Search returns messages, the newest first.
	Search(ctx context.Context, q SearchQuery) (Page, error)
	// Each calls f for the events of a buffer, in order, until it returns false, and tells
	// it which are ephemeral. It reads a block at a time, so that neither memory nor
	// anybody else notices how long it takes; what is appended meanwhile is left out.
	Each(ctx context.Context, buffer string, f func(e *event.Event, ephemeral bool) bool) error
	// Buffers returns the names of all buffers.
	Buffers() []string

	// Rewrite replaces the event with this msgid by what f makes of it, or
	// removes it if f returns nil. The stamp stays. Nothing of the old event is
	// left in memory and index; on disk, it is gone once the file has been
	// compacted, which is within hours, and no crash brings it back. f may be called more
	// than once. The error is ErrNotFound if there is no such event.
	Rewrite(buffer, msgid string, f func(*event.Event) *event.Event) (Ticket, error)
	// Drop removes a buffer.
	Drop(buffer string) Ticket
	// DropAuthor removes what an account has said and done before a stamp, in every
	// buffer, and returns how many events that were. A zero stamp is no bound.
	DropAuthor(ctx context.Context, account string, until event.Stamp) (int, Ticket, error)
	// Rename gives a buffer another name. The error is ErrNotFound if there is
	// no such buffer, ErrExists if there is one with the new name.
	Rename(buffer, name string) (Ticket, error)
	// SetPolicy sets the policy of a buffer, also of one that does not exist yet.
	// It is not stored. Limits that are zero are those of SetLimits.
	SetPolicy(buffer string, p Policy)
	// SetLimits replaces Options.Limits and Options.Total.
	SetLimits(l Limits, total int64)

	Stats() Stats
	// Close makes durable what is not, and ends the log. What is appended
	// later is lost.
	Close() error
}

// A Ticket names a change, to wait for it. Later changes have greater tickets.
// Ticket 0 is of a change that need not be waited for.
type Ticket uint64

// Limits bound a buffer. A field that is zero is no bound.
type Limits struct {
	Count int           // events
	Bytes int64         // of memory, kept to within one block
	Age   time.Duration // of the oldest event
}

// or returns l with the fields that are zero taken from d.
func (l Limits) or(d Limits) Limits {
	if l.Count == 0 {
		l.Count = d.Count
	}
	if l.Bytes == 0 {
		l.Bytes = d.Bytes
	}
	if l.Age == 0 {
		l.Age = d.Age
	}
	return l
}

// Options are the options of a log. The zero value is usable.
type Options struct {
	// Limits are those of buffers without a policy of their own.
	Limits Limits
	// Total bounds the memory of all buffers together, in bytes; 0 is no
	// bound. When it is exceeded, the oldest events of all go.
	Total int64
	// BlockSize is how many events a block has; 0 is 100.
	BlockSize int
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Stats are figures about a log.
type Stats struct {
	Buffers int
	Events  int64
	Records int64 // entries not yet in a block, blocks and buffers
	Bytes   int64 // of all records in memory, without what Go adds
	Evicted int64 // events removed because of a bound, since the start
	Refused int64 // events that could not be encoded, or not be decoded

	// The rest is zero without a file.
	File        int64 // bytes
	Pending     int   // changes not yet written
	Compactions int
	Degraded    bool // what is appended is in memory alone: see Wait
}

// Errors returned by a Log, wrapped.
var (
	ErrNotFound   = errors.New("there is no such event or buffer")
	ErrExists     = errors.New("there is such a buffer already")
	ErrNotDurable = errors.New("history cannot be written now and is kept in memory")
	ErrClosed     = errors.New("the history is closed")
)
