//go:build unix

package session

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/wire"
)

const members = 1000

// A hidden transport is not a Prober.
type hidden struct{ Transport }

var kinds = []caps.Set{0, caps.Of(caps.ServerTime, caps.MessageTags, caps.AccountTag), caps.Of(caps.ServerTime), caps.Of(caps.MessageTags, caps.EchoMessage, caps.Batch)}

// benchmarkDelivery measures messages to all members, as many at once as
// pipeline says; wait waits until so many bytes have been delivered.
func benchmarkDelivery(b *testing.B, pipeline int, transport func() Transport, wait func(total int64)) {
	f := NewFlusher()
	defer f.Close()
	var channel []*Session
	m := message()
	size := int64(0)
	for i := range members {
		s := New(transport(), Options{Flusher: f, MaxQueue: 1 << 30})
		s.SetCaps(kinds[i%len(kinds)])
		channel = append(channel, s)
		size += int64(len(wire.One(m).Bytes(s.Caps(), nil)))
	}
	measure(b, func() {
		for i := range b.N {
			frame := wire.One(m)
			for _, s := range channel {
				s.Send(frame)
			}
			if (i+1)%pipeline == 0 || i == b.N-1 {
				wait(int64(i+1) * size)
			}
		}
	})
}

// measure runs b.N messages to all members and reports their cost.
func measure(b *testing.B, messages func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	user, system := cpuTime()
	b.ResetTimer()
	messages()
	b.StopTimer()
	userAfter, systemAfter := cpuTime()
	runtime.ReadMemStats(&after)
	n := float64(b.N) * members
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n, "ns/delivery")
	b.ReportMetric(float64(userAfter-user)/n, "user-ns/delivery")
	b.ReportMetric(float64(systemAfter-system)/n, "sys-ns/delivery")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/delivery")
	b.ReportMetric(0, "ns/op")
}

func cpuTime() (user, system int64) {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano(), u.Stime.Nano()
}

func BenchmarkQueue(b *testing.B) {
	for _, c := range []struct {
		name     string
		pipeline int
		hide     bool
	}{
		{"one", 1, false}, {"pipelined", 100, false}, {"one/goroutines", 1, true}, {"pipelined/goroutines", 100, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			var bytes, writes atomic.Int64
			transport := func() Transport {
				if c.hide {
					return hidden{counter{&bytes, &writes}}
				}
				return counter{&bytes, &writes}
			}
			wait := func(total int64) {
				for bytes.Load() < total {
					runtime.Gosched()
				}
			}
			benchmarkDelivery(b, c.pipeline, transport, wait)
			b.ReportMetric(float64(b.N)*members/float64(writes.Load()), "lines/write")
		})
	}
}
