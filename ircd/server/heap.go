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
	quietEvery = 3 * time.Second
	quietBytes = 1 << 20 // allocated in that time
	worthwhile = 8 << 20 // allocated since memory was last given back
)

// shrink gives free memory back to the system. Each collection halves the stacks of
// idle goroutines, of which there is one for each client; it is worth more than one.
func shrink() {
	stacks := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	for before := uint64(math.MaxUint64); ; before = stacks[0].Value.Uint64() {
		debug.FreeOSMemory()
		if metrics.Read(stacks); stacks[0].Value.Uint64() > before/4*3 {
			return
		}
	}
}

// tendHeap holds the reserve until ctx ends. When it has become quiet after a
// storm, it gives the memory that is free back to the system.
func tendHeap(ctx context.Context) {
	reserve := make([]byte, heapReserve)
	defer runtime.KeepAlive(reserve)
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	allocated := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	t := time.NewTicker(quietEvery)
	defer t.Stop()
	before, given := allocated(), allocated()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now := allocated()
		if now-before < quietBytes && now-given > worthwhile {
			shrink()
			now = allocated()
			given = now
		}
		before = now
	}
}
