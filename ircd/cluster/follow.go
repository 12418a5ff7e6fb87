package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// logs knows up to where the log goes, as far as this server has heard.
type logs struct {
	mu    sync.Mutex
	known uint64
	more  chan struct{} // capacity 1
	mark  func() uint64
}

// hint says that the log has an entry of this number.
func (l *logs) hint(number uint64) {
	l.mu.Lock()
	news := number > l.known
	l.known = max(l.known, number)
	l.mu.Unlock()
	if news {
		select {
		case l.more <- struct{}{}:
		default:
		}
	}
}

func (l *logs) last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known
}

// SetMark lets f say up to which number this server has the log on its disk: others are
// told, and so learn of entries that they have missed. It is to be called before Start.
func (n *Node) SetMark(f func() uint64) { n.logs.mark = f }

func (n *Node) mark() uint64 {
	if n.logs.mark == nil {
		return 0
	}
	return n.logs.mark()
}

const (
	// batch and batchBytes are how much is asked for at once.
	batch      = 512
	batchBytes = 4 << 20
	// What stands in the header of what is not an entry.
	endOfBatch, notFound = "204", "404"
	// look is how often a server looks whether it has missed something.
	look = 10 * time.Second
)

// Follow calls f for every entry after the one of this number, in order, until ctx
// ends, f fails, or the node begins anew. The error is ErrTrimmed if the log does not
// reach back so far. It calls caughtUp whenever there is nothing more for now.
func (n *Node) Follow(ctx context.Context, after uint64, f func(number uint64, data []byte) error, caughtUp func()) error {
	e, err := n.running()
	if err != nil {
		return err
	}
	live := make(chan *nats.Msg, 1024)
	sub, err := e.logs.ChanSubscribe(outSubject, live)
	if err != nil {
		return err
	}
	defer sub.Unsubscribe()
	r := &reader{node: n, engine: e, next: after + 1, f: f}
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.stopped:
			return errStopped
		case m := <-live:
			number, _ := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
			n.logs.hint(number)
			if number == r.next {
				err = r.take(number, m.Data)
			} else if number > r.next {
				err = r.fetch(ctx)
			}
		case <-n.logs.more:
			if n.logs.last() >= r.next {
				err = r.fetch(ctx)
			}
		case <-t.C:
			err = r.fetch(ctx)
			t.Reset(look)
		}
		if err != nil {
			return err
		}
		if r.answered && r.next > n.logs.last() {
			caughtUp()
		} else {
			t.Reset(retry) // who was asked, if anybody, does not have it yet
		}
	}
}

// A reader reads the log in order.
type reader struct {
	node   *Node
	engine *engine
	next   uint64
	f      func(uint64, []byte) error
	// answered means that somebody was there who has the log.
	answered bool
}

func (r *reader) take(number uint64, data []byte) error {
	if err := r.f(number, data); err != nil {
		return err
	}
	r.next = number + 1
	return nil
}

// fetch asks for the next entries until there are no more.
func (r *reader) fetch(ctx context.Context) error {
	for {
		n, err := r.fetchSome(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// fetchSome asks any replica for some entries. One that is not reached is as good as
// one that has none.
func (r *reader) fetchSome(ctx context.Context) (n int, err error) {
	inbox := r.engine.logs.NewRespInbox()
	sub, err := r.engine.logs.SubscribeSync(inbox)
	if err != nil {
		return 0, errStopped
	}
	defer sub.Unsubscribe()
	query, err := json.Marshal(struct {
		Seq   uint64 `json:"seq"`
		Batch int    `json:"batch"`
		Bytes int    `json:"max_bytes"`
	}{r.next, batch, batchBytes})
	if err != nil {
		return 0, err
	}
	if err := r.engine.logs.PublishRequest("$JS.API.DIRECT.GET."+logStream, inbox, query); err != nil {
		return 0, errStopped
	}
	for {
		m, err := r.receive(ctx, sub)
		if m == nil {
			return n, err
		}
		number, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
		if err != nil {
			status := m.Header.Get("Status")
			r.answered = r.answered || status == endOfBatch || status == notFound
			return n, nil
		}
		r.node.logs.hint(number)
		if number != r.next {
			return n, fmt.Errorf("%w: %d is wanted, and %d is the first", ErrTrimmed, r.next, number)
		}
		if err := r.take(number, m.Data); err != nil {
			return n, err
		}
		n++
	}
}

// receive waits for a message, which is nil if none comes.
func (r *reader) receive(ctx context.Context, sub *nats.Subscription) (*nats.Msg, error) {
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	m, err := sub.NextMsgWithContext(limit)
	switch {
	case err == nil:
		return m, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, nats.ErrBadSubscription):
		return nil, errStopped
	}
	return nil, nil
}

// marked takes note of how far another server is.
func (n *Node) marked(number uint64) { n.logs.hint(number) }
