package chanreg

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
)

// A Look is what a channel looks like.
type Look struct {
	Name        string
	Incarnation event.Stamp
	Facts       []event.Fact
	Permanent   bool
}

// LookOf returns what a channel looks like now.
func LookOf(ch *state.Channel) (l Look) {
	l.Permanent = ch.Has(modes.Permanent)
	ch.View(func(v state.View) { l.Name, l.Incarnation, l.Facts = v.Name(), v.Incarnation(), v.Lasting() })
	return l
}

// A Ticket stands for changes that are to be kept; later ones are greater.
type Ticket uint64

// A keeper stores channels that have changed. Those who change a channel hold its
// lock, so they only mark it. What is marked while a round of writing is under way
// is written in the next one, however often it has changed: a channel never has
// more than one write in flight. The goroutine lives while there is something to do.
type keeper struct {
	mu      sync.Mutex
	dirty   map[*state.Channel]string // and the old name of those that were renamed
	marked  Ticket
	kept    Ticket
	failed  Ticket // kept or not
	err     error  // of what has failed
	running bool
	round   chan struct{} // closed at the end of a round
	quit    chan struct{}
	closing sync.Once
}

func (k *keeper) init() {
	k.dirty = map[*state.Channel]string{}
	k.round, k.quit = make(chan struct{}), make(chan struct{})
}

func (k *keeper) close() { k.closing.Do(func() { close(k.quit) }) }

// Mark notes that a channel has changed, and what it was called if that has. It
// does not wait, and may be called under locks.
func (s *Service) Mark(ch *state.Channel, old string) Ticket {
	k := &s.keeper
	k.mu.Lock()
	defer k.mu.Unlock()
	if first := k.dirty[ch]; first != "" {
		old = first
	}
	k.dirty[ch] = old
	k.marked++
	if !k.running {
		k.running = true
		go s.keepAll()
	}
	return k.marked
}

// Kept waits until what was marked by t is stored, and returns why it is not.
func (s *Service) Kept(ctx context.Context, t Ticket) error { return s.keeper.wait(ctx, t, false) }

// Flush waits until everything that has changed is stored, whatever fails meanwhile.
func (s *Service) Flush(ctx context.Context) error {
	s.keeper.mu.Lock()
	t := s.keeper.marked
	s.keeper.mu.Unlock()
	return s.keeper.wait(ctx, t, true)
}

func (k *keeper) wait(ctx context.Context, t Ticket, patient bool) error {
	for {
		k.mu.Lock()
		done, failed, err, round := k.kept >= t, k.failed >= t && !patient, k.err, k.round
		k.mu.Unlock()
		switch {
		case done:
			return nil
		case failed:
			return err
		}
		select {
		case <-round:
		case <-ctx.Done():
			return ctx.Err()
		case <-k.quit:
			return store.ErrUnavailable
		}
	}
}

// retry is how long what could not be stored waits for another attempt.
const retry = time.Second

// keepAll stores what is marked until nothing is.
func (s *Service) keepAll() {
	for k := &s.keeper; ; {
		k.mu.Lock()
		batch, upto := k.dirty, k.marked
		if k.running = len(batch) > 0; !k.running {
			k.mu.Unlock()
			return
		}
		k.dirty = map[*state.Channel]string{}
		k.mu.Unlock()
		failed, err := s.keepBatch(batch)
		first := k.finish(upto, failed, err)
		if err == nil {
			continue
		}
		if first {
			s.log.Warn("channels could not be stored; it is tried until they are", "channels", len(failed), "error", err)
		}
		select {
		case <-time.After(retry):
		case <-k.quit:
			return
		}
	}
}

// finish notes what came of a round. What has failed stays marked; it reports whether
// that is the first time after something was stored.
func (k *keeper) finish(upto Ticket, failed map[*state.Channel]string, err error) (first bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	first = err != nil && k.err == nil
	k.failed, k.err = upto, err
	if err == nil {
		k.kept = upto
	}
	for ch, old := range failed {
		if k.dirty[ch] == "" {
			k.dirty[ch] = old
		}
	}
	close(k.round)
	k.round = make(chan struct{})
	return first
}

// atOnce is how many channels are written at a time, which the store makes durable
// together.
const atOnce = 64

// keepBatch stores channels. Those of which it could not are returned.
func (s *Service) keepBatch(batch map[*state.Channel]string) (failed map[*state.Channel]string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var mu sync.Mutex
	var wait sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	failed = map[*state.Channel]string{}
	for ch, old := range batch {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			if e := s.keep(ctx, ch, old); e != nil {
				mu.Lock()
				defer mu.Unlock()
				failed[ch], err = old, errors.Join(err, e)
			}
		})
	}
	wait.Wait()
	return failed, err
}

func (s *Service) keep(ctx context.Context, ch *state.Channel, old string) error {
	look := LookOf(ch)
	if old != "" {
		if err := s.rename(ctx, old, look); err != nil {
			return err
		}
	}
	return s.Change(ctx, look.Name, func(r *Record) error {
		if !r.Registered() && !look.Permanent {
			r.Facts = nil
			return nil
		}
		r.Facts = s.merge(r, look)
		r.Name, r.Incarnation = look.Name, look.Incarnation
		return nil
	})
}

// memory is for how long it is kept that something is no longer so. Another server
// that has not heard of it yet may write what it knows.
const memory = time.Hour

// merge returns the facts to be kept. Where several servers keep the same channel,
// each may know what the others do not yet, so that the later of each fact counts.
func (s *Service) merge(r *Record, look Look) (facts []event.Fact) {
	all, latest := event.Facts{}, event.Stamp{}
	add := func(fs []event.Fact) {
		for _, f := range fs {
			f.Scope = string(s.mapping.Fold(look.Name))
			if all.Merge(f); f.At.After(latest) {
				latest = f.At
			}
		}
	}
	add(look.Facts)
	if s.Linked && r.Incarnation == look.Incarnation {
		add(r.Facts)
	}
	for k, v := range all {
		if !v.Gone || latest.Time().Sub(v.At.Time()) < memory {
			facts = append(facts, event.Fact{Key: k, Value: v})
		}
	}
	return facts
}
