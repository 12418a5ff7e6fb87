package session

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/wire"
)

// A sink is a transport that takes everything, or what it is allowed to.
type sink struct {
	mu     sync.Mutex
	out    strings.Builder
	writes int
	tries  []int // how many bytes the next calls of TryWrite take; then all
	err    error
	closed bool
}

func (k *sink) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil || k.closed {
		return 0, errors.Join(k.err, net.ErrClosed)
	}
	k.writes++
	return k.out.Write(b)
}

func (k *sink) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	return nil
}

func (k *sink) SetWriteDeadline(time.Time) error { return nil }

func (k *sink) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.out.String()
}

// A probing sink is a Prober.
type probing struct{ *sink }

func (k probing) TryWrite(b []byte) (int, error) {
	k.mu.Lock()
	n := len(b)
	if len(k.tries) > 0 {
		n, k.tries = min(n, k.tries[0]), k.tries[1:]
	}
	k.mu.Unlock()
	return k.Write(b[:n])
}

func line(command string, params ...string) wire.Message {
	return wire.Message{Command: command, Params: params}
}

func frame(command string) *wire.Frame { return wire.One(line(command)) }

func reply(s *Session, command string) {
	m := line(command)
	s.ReplyMessage(&m)
}

// expect waits until all is written, and compares it to want, in which lines
// are separated by "|".
func expect(t *testing.T, k *sink, want string) {
	t.Helper()
	synctest.Wait()
	want = strings.ReplaceAll(want, "|", "\r\n")
	if want != "" {
		want += "\r\n"
	}
	if got := k.String(); got != want {
		t.Errorf("written: %q\nwant:    %q", got, want)
	}
}

func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &sink{}
		s := New(k, Options{})
		s.Stall() // the writer may be on another processor
		s.SetCaps(caps.Of(caps.ServerTime))
		m := wire.Message{Tags: wire.Tags{{Key: "time", Value: "1"}, {Key: "msgid", Value: "2"}}, Command: "A"}
		s.Send(wire.One(m))
		s.ReplyMessage(&m)
		s.SendMessage(&m)
		s.Reply(frame("B"))
		echo := frame("C")
		echo.Echo = true
		s.Reply(echo)
		s.SetCaps(caps.Of(caps.EchoMessage))
		s.Reply(echo)
		s.Send(wire.One(m))
		s.Send(wire.Of())
		if n := s.Queued(); n != len("@time=1 A\r\n")*3+len("A\r\nB\r\nC\r\n") {
			t.Errorf("%d bytes are queued", n)
		}
		s.Resume()
		expect(t, k, "@time=1 A|@time=1 A|@time=1 A|B|C|A")
		if k.writes != 1 {
			t.Errorf("%d writes", k.writes)
		}
		if n := s.Queued(); n != 0 || s.tail != nil || s.many != nil {
			t.Errorf("an empty queue counts %d bytes, or keeps memory", n)
		}
		s.Begin("without the capability")
		reply(s, "D")
		s.End()
		expect(t, k, "@time=1 A|@time=1 A|@time=1 A|B|C|A|D")
	})
}

func TestQueueExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		var reasons []lang.Text
		s := New(ours, Options{MaxQueue: 1000, Dropped: func(s *Session, reason lang.Text) {
			reasons = append(reasons, reason)
			s.Drop()
			s.Close(nil)
		}})
		for range 2000 {
			s.Send(frame("TEN-BYTES"))
			reply(s, "TEN-BYTES")
		}
		if s.Queued() != 0 {
			t.Error("the queue is not forgotten")
		}
		<-s.Done()
		synctest.Wait()
		if len(reasons) != 1 || reasons[0] != ReasonQueueExceeded {
			t.Errorf("dropped: %q", reasons)
		}
		if _, err := io.ReadAll(theirs); err != nil {
			t.Errorf("the connection is not closed: %v", err)
		}
	})
}

func TestWriteTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		reason := make(chan lang.Text, 1)
		start := time.Now()
		s := New(ours, Options{WriteTimeout: 20 * time.Second, Dropped: func(_ *Session, r lang.Text) { reason <- r }})
		s.Send(frame("A"))
		if r := <-reason; r != ReasonTimeout || time.Since(start) < 20*time.Second || time.Since(start) > 25*time.Second {
			t.Errorf("dropped after %v: %q", time.Since(start), r)
		}
		<-s.Done()
	})
}

func TestWriteError(t *testing.T) {
	for err, want := range map[error]lang.Text{io.ErrUnexpectedEOF: ReasonLost, os.ErrDeadlineExceeded: ReasonTimeout} {
		synctest.Test(t, func(t *testing.T) {
			f := NewFlusher()
			defer f.Close()
			for _, k := range []Transport{&sink{err: err}, probing{&sink{err: err}}} {
				reason := make(chan lang.Text, 1)
				s := New(k, Options{Flusher: f, Dropped: func(_ *Session, r lang.Text) { reason <- r }})
				s.Send(frame("A"))
				if r := <-reason; r != want {
					t.Errorf("%v: dropped: %q", err, r)
				}
				<-s.Done()
			}
		})
	}
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		s := New(ours, Options{MaxQueue: 1000})
		if !s.Wait() {
			t.Error("there is no room in an empty queue")
		}
		done := false
		go func() {
			for range 1000 {
				reply(s, "TEN-BYTES")
				if !s.Wait() {
					t.Error("the session is closed")
				}
			}
			s.Close(nil)
			done = true
		}()
		synctest.Wait()
		if done {
			t.Error("nobody waited")
		}
		if b, err := io.ReadAll(theirs); len(b) != 11000 || err != nil {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	})
}
