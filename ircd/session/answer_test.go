package session

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/wire"
)

// A taker takes what it is given in pieces, and sometimes nothing.
type taker struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (k *taker) Close() error                     { return nil }
func (k *taker) SetWriteDeadline(time.Time) error { return nil }

func (k *taker) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all.Write(b)
}

func (k *taker) TryWrite(b []byte) (int, error) {
	n := rand.IntN(len(b) + 1)
	runtime.Gosched()
	return k.Write(b[:n])
}

// TestAnswer tests that what is written at once is written once and in order, while the
// flusher and goroutines for slow clients write, too.
func TestAnswer(t *testing.T) {
	f := NewFlusher()
	defer f.Close()
	k := new(taker)
	s := New(k, Options{Flusher: f})
	var want bytes.Buffer
	for i := range 5000 {
		m := wire.Message{Command: "PING", Params: []string{fmt.Sprint(i)}}
		want.Write(m.Append(nil, 0))
		s.ReplyMessage(&m)
		if i%3 > 0 {
			s.Answer()
		}
		if i%7 == 0 {
			runtime.Gosched()
		}
	}
	s.Close(nil)
	<-s.Done()
	if k.mu.Lock(); !bytes.Equal(k.all.Bytes(), want.Bytes()) {
		t.Errorf("%d bytes arrived of %d, or in another order", k.all.Len(), want.Len())
	}
}

// TestAnswerAtOnce tests that nobody else is needed to write.
func TestAnswerAtOnce(t *testing.T) {
	f := &Flusher{shards: make([]shard, 1)}
	f.shards[0].flusher, f.shards[0].wake = f, make(chan struct{}, 1) // nobody listens
	k := new(counterpart)
	s := New(k, Options{Flusher: f})
	m := message()
	s.ReplyMessage(&m)
	s.Answer()
	if k.n == 0 || s.Queued() != 0 {
		t.Errorf("%d bytes are written, %d wait", k.n, s.Queued())
	}
	s.Answer() // nothing
	s.ReplyMessage(&m)
	s.Stall()
	if s.Answer(); s.Queued() == 0 {
		t.Error("what is kept back is written")
	}
}

// A counterpart takes all.
type counterpart struct{ n int }

func (k *counterpart) Close() error                     { return nil }
func (k *counterpart) SetWriteDeadline(time.Time) error { return nil }
func (k *counterpart) Write(b []byte) (int, error)      { return k.TryWrite(b) }
func (k *counterpart) TryWrite(b []byte) (int, error)   { k.n += len(b); return len(b), nil }
