package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/store"
)

// A Sink is where what is imported goes. Its methods are not called concurrently.
type Sink struct {
	Data
	// Replace replaces records that are there already. Without it they stay.
	Replace bool

	Added Counts
	There Counts // what was there already
	Notes []string

	ops    []store.Op
	ticket history.Ticket
	events int // since the last wait
}

// Note keeps something that the operator is to be told: what could not be brought over.
func (s *Sink) Note(format string, args ...any) {
	const most = 1000
	if len(s.Notes) < most {
		s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
	}
}

// Record adds a record.
func (s *Sink) Record(ctx context.Context, shelf, key string, value []byte) error {
	s.ops = append(s.ops, store.Op{Shelf: shelf, Key: key, Value: value})
	if len(s.ops) < store.MaxOps {
		return nil
	}
	return s.flush(ctx)
}

// flush makes the records durable that are waiting: all at once or, where one of them is
// there already, one by one.
func (s *Sink) flush(ctx context.Context) error {
	ops := s.ops
	s.ops = nil
	if len(ops) == 0 {
		return nil
	}
	_, err := s.Store.Commit(ctx, ops...)
	if err == nil {
		s.Added.Records += len(ops)
		return nil
	}
	if !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrInvalid) { // one may be there twice
		return err
	}
	for _, op := range ops {
		if err := s.put(ctx, op); err != nil {
			return fmt.Errorf("record %s/%s: %w", op.Shelf, op.Key, err)
		}
	}
	return nil
}

func (s *Sink) put(ctx context.Context, op store.Op) error {
	_, err := s.Store.Put(ctx, op.Shelf, op.Key, op.Value, 0)
	switch {
	case err == nil:
		s.Added.Records++
		return nil
	case !errors.Is(err, store.ErrExists):
		return err
	case !s.Replace:
		s.There.Records++
		return nil
	}
	old, err := s.Store.Get(ctx, op.Shelf, op.Key)
	if err == nil {
		_, err = s.Store.Put(ctx, op.Shelf, op.Key, op.Value, old.Rev)
	}
	if err == nil {
		s.Added.Records++
	}
	return err
}

// Event adds an event to a buffer of the history.
func (s *Sink) Event(ctx context.Context, buffer string, e *event.Event) error {
	if s.History == nil {
		s.There.Events++
		return nil
	}
	t := s.History.Append(buffer, e)
	if t == 0 {
		s.There.Events++
		return nil
	}
	s.Added.Events++
	s.ticket = t
	const often = 5000 // so that what waits for the disk stays small
	if s.events++; s.events < often {
		return nil
	}
	return s.wait(ctx)
}

func (s *Sink) wait(ctx context.Context) error {
	s.events = 0
	if s.History == nil {
		return nil
	}
	return s.History.Wait(ctx, s.ticket)
}

// Finish makes durable what is not.
func (s *Sink) Finish(ctx context.Context) error {
	return errors.Join(s.flush(ctx), s.wait(ctx))
}
