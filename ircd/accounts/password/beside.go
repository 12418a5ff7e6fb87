package password

import (
	"runtime"
	"sync"
)

// Beside calls f, which computes for long, so that others go on meanwhile. Where there is
// one processor, f would have it for ten milliseconds at a time, and whoever is written to
// in a chat would wait for that several times. The operating system knows better how to
// share it, if it is told of two.
func Beside(f func()) {
	lent.begin()
	defer lent.end()
	f()
}

// lent is one, as the number of processors is, which it changes.
var lent lender

type lender struct {
	mu    sync.Mutex // nothing waits under it
	users int
	more  bool
}

func (l *lender) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users++
	if l.users == 1 && runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(2)
		l.more = true
	}
}

func (l *lender) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users--
	if l.users == 0 && l.more {
		runtime.GOMAXPROCS(1)
		l.more = false
	}
}
