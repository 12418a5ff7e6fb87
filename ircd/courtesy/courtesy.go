// Package courtesy gives way: who has much to say waits for those who have just begun to
// speak.
//
// Go's scheduler looks at the network when nothing is left to run; else every 10 ms, and
// then at no more than 128 connections. While thousands connect or talk at once there is
// always something left, so that a client who only pings would wait until they are done,
// however often others call runtime.Gosched. So they wait here for the network itself:
// until the scheduler has looked at all that had arrived.
package courtesy

import (
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// ATurn is for how long a goroutine may go on before it should give way.
const ATurn = 200 * time.Microsecond

// A Way is what goroutines give to others. A nil *Way is usable: Give then only lets those
// go first who are known to be ready.
type Way struct {
	bells chan *bell
	began time.Time
	heard atomic.Int64 // when a bell was heard last, in nanoseconds since it began
}

// New returns a Way which as many goroutines can give at the same time.
func New(n int) (*Way, error) {
	w := &Way{bells: make(chan *bell, n), began: time.Now()}
	for range n {
		b, err := newBell()
		if err != nil {
			w.Close()
			return nil, err
		}
		w.bells <- b
	}
	return w, nil
}

// Close closes what the Way needs. Nobody may give it any more, or be about to.
func (w *Way) Close() {
	for len(w.bells) > 0 {
		(<-w.bells).close()
	}
}

// Give returns when all goroutines have run that wait for what has arrived from the
// network up to now, give or take. That takes 2 µs or 3, so if it has just been done,
// only those go first who are known to be ready.
func (w *Way) Give() {
	if w.Since() < ATurn {
		runtime.Gosched()
		return
	}
	w.give()
}

func (w *Way) give() {
	select {
	case b := <-w.bells:
		if b.wait() != nil {
			runtime.Gosched()
		}
		w.heard.Store(int64(time.Since(w.began)))
		w.bells <- b
	default:
		runtime.Gosched()
	}
}

// Since returns how long ago way was given last.
func (w *Way) Since() time.Duration {
	if w == nil {
		return 0
	}
	return time.Since(w.began) - time.Duration(w.heard.Load())
}

// A bell is a pipe. What is written to it becomes known as everything from the network
// does, and after what was there before.
type bell struct {
	in, out *os.File
	raw     syscall.RawConn // of in
	rung    bool
	byte    []byte // what is written and read; kept, like listener, so that waiting allocates nothing
	err     error

	listener func(fd uintptr) bool
}

func newBell() (b *bell, err error) {
	b = &bell{byte: make([]byte, 1)}
	b.listener = b.listen
	if b.in, b.out, err = os.Pipe(); err != nil {
		return nil, err
	}
	if b.raw, err = b.in.SyscallConn(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bell) close() {
	b.in.Close()
	b.out.Close()
}

// wait rings the bell, and returns when it is heard.
func (b *bell) wait() error {
	b.rung, b.err = false, nil
	if err := b.raw.Read(b.listener); err != nil {
		return err
	}
	return b.err
}

// listen returns false to be called again when there is something to be read. It rings
// only then, because what was known before must not count.
func (b *bell) listen(fd uintptr) bool {
	if !b.rung {
		b.rung = true
		_, b.err = b.out.Write(b.byte)
		return b.err != nil
	}
	_, err := syscall.Read(int(fd), b.byte)
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
		return false
	}
	b.err = err
	return true
}
