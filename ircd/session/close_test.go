package session

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/lang"
)

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFlusher()
		defer f.Close()
		for _, k := range []*sink{{}, {tries: []int{1, 0}}} {
			for _, transport := range []Transport{k, probing{k}} {
				k.out.Reset()
				k.closed = false
				s := New(transport, Options{Flusher: f, Dropped: func(*Session, lang.Text) { t.Error("dropped") }})
				s.Send(frame("A"))
				last := line("ERROR", "bye")
				s.Close(&last)
				s.Close(&last)
				s.Send(frame("B"))
				reply(s, "B")
				<-s.Done()
				<-s.Done()
				expect(t, k, "A|ERROR :bye")
				if !k.closed {
					t.Error("the transport is not closed")
				}
			}
		}
		s := New(&sink{}, Options{})
		s.Close(nil)
		<-s.Done()
	})
}

// TestCloseWaits tests that a client that does not read can delay the end only
// for a while.
func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		s := New(ours, Options{Dropped: func(*Session, lang.Text) { t.Error("dropped") }})
		s.Send(frame("A"))
		synctest.Wait() // in Write
		start := time.Now()
		s.Close(nil)
		<-s.Done()
		if d := time.Since(start); d != closeTimeout {
			t.Errorf("closed after %v", d)
		}
	})
}

func TestDrop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		s := New(ours, Options{Dropped: func(*Session, lang.Text) { t.Error("dropped") }})
		s.Send(frame("A"))
		synctest.Wait()
		s.Send(frame("B"))
		s.Drop()
		s.Drop()
		<-s.Done()
		if s.Queued() != 0 || s.Wait() {
			t.Error("something is queued")
		}
	})
}
