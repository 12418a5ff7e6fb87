package bunt

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

var million = flag.Int("million", 20_000, "how many messages TestMillion stores; it measures from 1,000,000 on")

// A talker makes messages of 120 bytes that are as varied as people's.
type talker struct {
	rng   *rand.Rand
	zipf  *rand.Zipf
	words [][]byte
	clock *event.Clock
	now   time.Time
}

func newTalker() *talker {
	rng := rand.New(rand.NewPCG(1, 2))
	tk := &talker{rng: rng, zipf: rand.NewZipf(rng, 1.1, 4, 19_999), now: time.UnixMilli(1_700_000_000_000)}
	const letters = "etaoinshrdlucmfwypvbgkqjxz"
	for range 20_000 {
		w := make([]byte, 1+rng.IntN(5)+rng.IntN(6))
		for i := range w {
			w[i] = letters[min(rng.IntN(26), rng.IntN(26))]
		}
		tk.words = append(tk.words, w)
	}
	tk.clock = event.NewClock("ua", func() time.Time { return tk.now })
	return tk
}

func (tk *talker) message(channel int) *event.Event {
	var b bytes.Buffer
	for b.Len() < 120 {
		b.Write(tk.words[tk.zipf.Uint64()])
		b.WriteByte(' ')
	}
	b.Truncate(120)
	user := tk.rng.IntN(40) + channel*7
	nick := fmt.Sprintf("nick%d", user)
	tk.now = tk.now.Add(time.Duration(tk.rng.IntN(100)) * time.Millisecond)
	return &event.Event{
		Stamp: tk.clock.Stamp(), UID: fmt.Sprintf("ua%06x", user), Account: nick,
		Source: fmt.Sprintf("%s!~user@%x.users.example", nick, uint32(user)*2654435761),
		Body:   event.MessageSent{Command: "PRIVMSG", Target: name(channel), Text: b.String()},
	}
}

func name(channel int) string { return fmt.Sprint("#channel", channel) }

// TestMillion fills a history, opens it again, and measures memory, disk, the time to start
// and queries. It fails where a target is missed.
func TestMillion(t *testing.T) {
	const channels = 1000
	n, full := *million, *million >= 1_000_000
	path := filepath.Join(t.TempDir(), "db")
	l := open(t, path, Options{Relaxed: true})
	tk := newTalker()
	begun := time.Now()
	var ids []*event.Event
	for i := range n {
		channel := i * 7919 % channels
		e := tk.message(channel)
		l.Append(name(channel), e)
		if i%(n/1000) == 0 {
			ids = append(ids, e)
		}
	}
	t.Logf("%d messages appended in %v; %+v", n, time.Since(begun), l.Stats())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("stored after %v: %d bytes of disk each, not yet compacted", time.Since(begun), size(t, path)/int64(n))
	before := heap()
	begun = time.Now()
	used := clock(t, unix.CLOCK_PROCESS_CPUTIME_ID)
	l = open(t, path, Options{Relaxed: true})
	load := clock(t, unix.CLOCK_PROCESS_CPUTIME_ID) - used
	t.Logf("opened in %v as it was, with %v of processor time", time.Since(begun), load)
	if got := l.Stats().Events; got != int64(n) || l.Damage() != nil {
		t.Fatalf("%d of %d, %v", got, n, l.Damage())
	}
	compactNow(t, l)
	memory := (heap() - before) / int64(n)
	disk := size(t, path) / int64(n)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = nil
	begun, used = time.Now(), clock(t, unix.CLOCK_PROCESS_CPUTIME_ID)
	l = open(t, path, Options{Relaxed: true})
	t.Logf("opened in %v when compacted, with %v; each: %d bytes of memory, %d of disk; %+v",
		time.Since(begun), clock(t, unix.CLOCK_PROCESS_CPUTIME_ID)-used, memory, disk, l.Stats())
	if full && (load > 2*time.Second || memory > 250 || disk > 200) {
		t.Error("targets: 2 s, 250 bytes, 200 bytes")
	}
	measure(t, l, channels, ids, full)
}

func size(t *testing.T, path string) int64 {
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return fi.Size()
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// cpu returns how long this thread has run. Unlike the clock, it does not measure what
// else the machine does.
func cpu(t *testing.T) time.Duration { return clock(t, unix.CLOCK_THREAD_CPUTIME_ID) }

func clock(t *testing.T, id int32) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(id, &ts); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// measure runs queries in one goroutine.
func measure(t *testing.T, l *Log, channels int, ids []*event.Event, full bool) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(3, 4))
	var in []history.Scope
	for c := range channels {
		in = append(in, history.Scope{Buffer: name(c)})
	}
	search := func(q history.SearchQuery) func() int {
		return func() int {
			q.In, q.Limit = in, 50
			if q.Text == "?" {
				q.Text = ""
				words := bytes.Fields([]byte(ids[rng.IntN(len(ids))].Body.(event.MessageSent).Text))
				q.Text = string(words[rng.IntN(len(words)-1)]) // the last may be cut
				defer func() { q.Text = "?" }()
			}
			page, err := l.Search(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Hits)
		}
	}
	for _, m := range []struct {
		what  string
		times int
		most  time.Duration // of the 99th percentile
		do    func() int
	}{
		{"LATEST 100", 20_000, 2 * time.Millisecond, func() int {
			list, _ := l.Query(ctx, name(rng.IntN(channels)), history.Latest(history.Point{}, 100))
			return len(list)
		}},
		{"BEFORE 100", 20_000, 2 * time.Millisecond, func() int {
			e := ids[rng.IntN(len(ids))]
			list, _ := l.Query(ctx, e.Body.(event.MessageSent).Target, history.Before(history.Of(e.Stamp), 100))
			return len(list)
		}},
		{"AROUND 50", 20_000, 2 * time.Millisecond, func() int {
			e := ids[rng.IntN(len(ids))]
			list, _ := l.Query(ctx, e.Body.(event.MessageSent).Target, history.Around(history.At(e.Time()), 50))
			return len(list)
		}},
		{"Find", 500, 50 * time.Millisecond, func() int {
			if _, _, err := l.Find(ids[rng.IntN(len(ids))].ID()); err != nil {
				t.Fatal(err)
			}
			return 1
		}},
		{"SEARCH a word", 200, 50 * time.Millisecond, search(history.SearchQuery{Text: "?"})},
		{"SEARCH a word that is nowhere", 200, 50 * time.Millisecond, search(history.SearchQuery{Text: "parley"})},
		{"SEARCH words that are never together", 200, 50 * time.Millisecond, search(history.SearchQuery{Text: "eta nick the"})},
		{"SEARCH an author", 200, 50 * time.Millisecond, search(history.SearchQuery{From: "nick700"})},
		{"SEARCH links", 200, 50 * time.Millisecond, search(history.SearchQuery{HasLink: true})},
		{"SEARCH two letters", 200, 50 * time.Millisecond, search(history.SearchQuery{Text: "zz"})},
		{"SEARCH two characters that are nowhere", 200, 50 * time.Millisecond, search(history.SearchQuery{Text: "ж"})},
		{"SEARCH one that is nowhere", 200, 50 * time.Millisecond, search(history.SearchQuery{Text: "~"})},
	} {
		if !full {
			m.times = 10
		}
		took, wall := make([]time.Duration, m.times), make([]time.Duration, m.times)
		hits := 0
		begun := cpu(t)
		for i := range took {
			from, at := cpu(t), time.Now()
			hits += m.do()
			took[i], wall[i] = cpu(t)-from, time.Since(at)
		}
		rate := float64(m.times) / (cpu(t) - begun).Seconds()
		slices.Sort(took)
		slices.Sort(wall)
		p50, p99 := took[m.times/2], took[m.times*99/100]
		t.Logf("%s: %.0f/s, p50 %v, p99 %v (by the clock %v), %.1f results",
			m.what, rate, p50, p99, wall[m.times*99/100], float64(hits)/float64(m.times))
		if full && p99 > m.most {
			t.Errorf("%s: the target is %v", m.what, m.most)
		}
	}
}
