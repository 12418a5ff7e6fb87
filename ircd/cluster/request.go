package cluster

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/parley-irc/parley/ircd/link"
)

// request asks the other server.
func (l *lane) request(ctx context.Context, query []byte) ([]byte, error) {
	id := rand.Uint64()
	c := make(chan answer, 1)
	l.mu.Lock()
	ok := l.sendLocked(item{kindRequest, append(binary.BigEndian.AppendUint64(nil, id), query...)})
	if ok {
		l.requests[id] = c
	}
	l.mu.Unlock()
	if !ok {
		return nil, link.ErrUnreachable
	}
	select {
	case a := <-c:
		return a.data, a.err
	case <-ctx.Done():
		l.mu.Lock()
		delete(l.requests, id)
		l.mu.Unlock()
		return nil, ctx.Err()
	}
}

// serve answers a request.
func (l *lane) serve(session uint64, payload []byte) {
	ctx, cancel := context.WithTimeout(l.node.ctx, time.Minute)
	defer cancel()
	data, err := l.user.answer(ctx, payload[8:])
	kind := byte(kindAnswer)
	if err == nil && len(data) > link.MaxRequest {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		kind, data = kindRefusal, []byte(cmp.Or(err.Error(), "it failed"))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers--
	if l.mine == session {
		l.sendLocked(item{kind, append(payload[:8:8], data...)})
	}
}

// requested takes a request, or an answer.
func (l *lane) requested(f *frame) {
	id := binary.BigEndian.Uint64(f.payload)
	if f.kind == kindRequest {
		if l.answers >= maxAnswers {
			l.sendLocked(item{kindRefusal, append(f.payload[:8:8], "too many requests at once"...)})
			return
		}
		l.answers++
		go l.serve(l.mine, f.payload)
		return
	}
	c := l.requests[id]
	delete(l.requests, id)
	switch {
	case c == nil: // nobody waits any more
	case f.kind == kindRefusal:
		c <- answer{err: &link.Refusal{Text: string(f.payload[8:])}}
	default:
		c <- answer{data: f.payload[8:]}
	}
}
