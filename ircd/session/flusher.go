package session

import (
	"runtime"
	"sync/atomic"
)

// A Flusher writes the queues of all sessions whose transport is a Prober. A
// message to a thousand members would otherwise start a thousand goroutines;
// the Flusher's write the thousand queues one after the other, and never wait
// for a client: one that does not read fast enough gets a goroutine of its own
// until it has caught up.
//
// On a single core a flusher runs when the goroutine that fills the queues has
// nothing more to read; on several, it lets those that are ready to run go
// first. Either way lines that arrive together leave together.
type Flusher struct {
	shards []shard
	count  atomic.Uint32
	closed atomic.Bool
}

// A shard is the sessions that one goroutine flushes.
type shard struct {
	flusher *Flusher
	dirty   atomic.Pointer[Session] // the last one that was added
	wake    chan struct{}
	_       [40]byte // a cache line each
}

// NewFlusher returns a running Flusher.
func NewFlusher() *Flusher {
	f := &Flusher{shards: make([]shard, runtime.GOMAXPROCS(0))}
	for i := range f.shards {
		f.shards[i].flusher = f
		f.shards[i].wake = make(chan struct{}, 1)
		go f.shards[i].run()
	}
	return f
}

// Close ends the goroutines. Sessions that are still open work on without.
func (f *Flusher) Close() {
	f.closed.Store(true)
	for i := range f.shards {
		f.shards[i].signal()
	}
}

// assign returns the shard of a new session.
func (f *Flusher) assign() *shard { return &f.shards[f.count.Add(1)%uint32(len(f.shards))] }

// push adds s, which must not be in the list. It reports whether that did any
// good.
func (sh *shard) push(s *Session) bool {
	if sh.flusher.closed.Load() {
		return false
	}
	for {
		last := sh.dirty.Load()
		s.next = last
		if sh.dirty.CompareAndSwap(last, s) {
			if last == nil {
				sh.signal()
			}
			break
		}
	}
	if sh.flusher.closed.Load() { // the goroutine may have ended before it saw s
		go sh.abandon()
	}
	return true
}

func (sh *shard) signal() {
	select {
	case sh.wake <- struct{}{}:
	default:
	}
}

// run flushes sessions until the Flusher is closed.
func (sh *shard) run() {
	buf := make([]byte, bufferSize)
	for range sh.wake {
		runtime.Gosched()
		for s := sh.take(); s != nil; s = sh.take() {
			for s != nil {
				next := s.next
				s.next = nil
				s.flush(buf)
				s = next
			}
		}
		if sh.flusher.closed.Load() {
			sh.abandon()
			return
		}
	}
}

// take returns the list, in the order in which sessions were added.
func (sh *shard) take() (first *Session) {
	for s := sh.dirty.Swap(nil); s != nil; {
		next := s.next
		s.next = first
		first, s = s, next
	}
	return first
}

// abandon gives the sessions in the list goroutines of their own.
func (sh *shard) abandon() {
	for s := sh.take(); s != nil; {
		next := s.next
		s.next = nil
		s.mu.Lock()
		s.writeApart()
		s.mu.Unlock()
		s = next
	}
}
