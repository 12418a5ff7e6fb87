package session

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/wire"
)

// A counter is a transport that only counts.
type counter struct{ bytes, writes *atomic.Int64 }

func (c counter) Write(b []byte) (int, error)      { return c.TryWrite(b) }
func (c counter) Close() error                     { return nil }
func (c counter) SetWriteDeadline(time.Time) error { return nil }
func (c counter) TryWrite(b []byte) (int, error) {
	c.bytes.Add(int64(len(b)))
	c.writes.Add(1)
	return len(b), nil
}

func message() wire.Message {
	return wire.Message{
		Tags:    wire.Tags{{Key: "time", Value: "2026-01-02T03:04:05.678Z"}, {Key: "msgid", Value: "01jgh3v6w2r8"}, {Key: "account", Value: "alice"}},
		Source:  "alice!alice@user/alice",
		Command: "PRIVMSG",
		Params:  []string{"#tea", "hello to everyone in this channel, this is a message of a quite usual length"},
	}
}

// TestAllocations tests the budgets of what happens most often.
func TestAllocations(t *testing.T) {
	var bytes, writes atomic.Int64
	f := NewFlusher()
	f.Close() // so that the test decides when it runs
	s := New(counter{&bytes, &writes}, Options{Flusher: f})
	s.SetCaps(caps.Of(caps.LabeledResponse, caps.Batch))
	m := message()
	shared := wire.One(m)
	buf := make([]byte, bufferSize)
	for _, c := range []struct {
		name string
		most float64
		do   func()
	}{
		{"Send", 0, func() { s.Send(shared) }},
		{"ReplyMessage", 0, func() { s.ReplyMessage(&m) }},
		{"Begin and End without label", 0, func() { s.Begin(""); s.Send(shared); s.End() }},
		{"labelled frame", 2, func() { s.Begin("x"); s.Reply(shared); s.End() }},
		{"a hundred", 0, func() {
			for range 100 {
				s.Send(shared)
			}
		}},
		{"a thousand", 0, func() {
			for range 1000 {
				s.Send(shared)
			}
		}},
	} {
		n := testing.AllocsPerRun(200, func() {
			s.busy = true // nobody else writes
			c.do()
			s.flush(buf)
		})
		if n > c.most {
			t.Errorf("%s: %v allocations, more than %v", c.name, n, c.most)
		}
	}
}
