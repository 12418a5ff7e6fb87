package courtesy

import (
	"io"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func newWay(t testing.TB, n int) *Way {
	w, err := New(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// TestGive tests that what arrives is noticed although others always have something to do.
// With runtime.Gosched that takes up to 10 ms, and tens of thousands of times.
func TestGive(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w := newWay(t, 2)
	here, there := pair(t)
	heard := make(chan bool)
	go func() {
		for {
			if _, err := io.ReadFull(there, make([]byte, 1)); err != nil {
				close(heard)
				return
			}
			heard <- true
		}
	}()
	var busy sync.WaitGroup
	var given atomic.Int64
	var stop atomic.Bool
	for range 2 {
		busy.Go(func() {
			for !stop.Load() {
				w.give()
				given.Add(1)
			}
		})
	}
	for range 100 {
		before := given.Load()
		if _, err := here.Write([]byte{0}); err != nil {
			t.Fatal(err)
		}
		<-heard
		if n := given.Load() - before; n > 20 {
			t.Errorf("way was given %d times before somebody was heard", n)
		}
	}
	stop.Store(true)
	busy.Wait()
	here.Close()
	<-heard
}

// TestGiveAll tests that more goroutines may give way than there are bells, and that
// nobody needs a Way.
func TestGiveAll(t *testing.T) {
	for _, w := range []*Way{newWay(t, 1), newWay(t, 4), nil} {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				for range 200 {
					if w != nil {
						w.heard.Store(-int64(ATurn))
					}
					w.Give()
				}
			})
		}
		all.Wait()
		if w != nil && len(w.bells) != cap(w.bells) {
			t.Errorf("%d of %d bells are back", len(w.bells), cap(w.bells))
		}
	}
}

// TestGiveAllocates tests that giving way makes no garbage.
func TestGiveAllocates(t *testing.T) {
	w := newWay(t, 1)
	if n := testing.AllocsPerRun(100, w.give); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkGive(b *testing.B) {
	w := newWay(b, 1)
	for b.Loop() {
		w.give()
	}
}

func BenchmarkGiveAgain(b *testing.B) {
	w := newWay(b, 1)
	for b.Loop() {
		w.Give()
	}
}

// pair returns the ends of a TCP connection.
func pair(t testing.TB) (net.Conn, net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	here, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	there, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { here.Close(); there.Close() })
	return here, there
}
