package bunt

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// messages are made beforehand, because that takes longer than to keep them.
func messages(n int) []*event.Event {
	tk := newTalker()
	list := make([]*event.Event, n)
	for i := range list {
		list[i] = tk.message(i % 100)
	}
	return list
}

// BenchmarkAppend measures Append with all that happens because of it: encoding, sealing,
// evicting, writing, syncing.
func BenchmarkAppend(b *testing.B) {
	o := history.Options{Limits: history.Limits{Count: 5000}}
	for _, bb := range []struct {
		name string
		open func() history.Log
	}{
		{"memory", func() history.Log { return history.New(o) }},
		{"file", func() history.Log {
			l, err := Open(filepath.Join(b.TempDir(), fmt.Sprint(b.N)), Options{Options: o})
			if err != nil {
				b.Fatal(err)
			}
			return l
		}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			list := messages(b.N)
			l := bb.open()
			b.ResetTimer()
			for i, e := range list {
				l.Append(name(i%100), e)
			}
			if err := l.Close(); err != nil { // which waits for all of it
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkWait measures messages by 64 users who each wait until theirs is durable.
func BenchmarkWait(b *testing.B) {
	l, err := Open(filepath.Join(b.TempDir(), "db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	tk := newTalker()
	clock := event.NewClock("ua", tk.clock.Now)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := l.Wait(context.Background(), l.Append("#c", message(clock, "some text"))); err != nil {
				b.Error(err)
			}
		}
	})
}
