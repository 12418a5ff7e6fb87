package server

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The garbage collector runs whenever the heap has doubled. That of an idle server
// is so small that a storm of connections would make it run many times a second.
// A reserve that is never touched costs no memory, but counts as heap: it puts a
// floor under when the collector runs.
const heapReserve = 48 << 20

const (
	quietEvery = time.Second
	quietBytes = 256 << 10 // allocated in that time
	worthwhile = 8 << 20   // allocated since memory was last given back
	manyStacks = 100       // of goroutines that have ended since
)

// shrink gives free memory back to the system. Each collection halves the stacks of
// idle goroutines; it is worth more than one.
func shrink() {
	stacks := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	for before := uint64(math.MaxUint64); ; before = stacks[0].Value.Uint64() {
		debug.FreeOSMemory()
		if metrics.Read(stacks); stacks[0].Value.Uint64() > before/4*3 {
			return
		}
	}
}

// A usage is how much has been allocated, and how many goroutines there are.
type usage struct{ allocated, goroutines uint64 }

func (u *usage) read() {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/sched/goroutines:goroutines"}}
	metrics.Read(samples)
	u.allocated, u.goroutines = samples[0].Value.Uint64(), samples[1].Value.Uint64()
}

// tendHeap holds the reserve until ctx ends. When it has become quiet after a storm, or
// when many clients have become idle and need no goroutine any more, it gives the memory
// that is free back to the system.
func tendHeap(ctx context.Context) {
	reserve := make([]byte, heapReserve)
	untouch(reserve)
	defer runtime.KeepAlive(reserve)
	t := time.NewTicker(quietEvery)
	defer t.Stop()
	var now, before, given usage
	now.read()
	given = now
	for {
		before = now
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now.read()
		given.goroutines = max(given.goroutines, now.goroutines)
		if now.allocated-before.allocated >= quietBytes {
			continue
		}
		if now.allocated-given.allocated > worthwhile || given.goroutines-now.goroutines > manyStacks {
			shrink()
			now.read()
			given = now
		}
	}
}
