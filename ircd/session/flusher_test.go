package session

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/parley-irc/parley/ircd/wire"
)

// TestFlusherClose tests that sessions outlive their flusher.
func TestFlusherClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFlusher()
		k := &sink{}
		s := New(probing{k}, Options{Flusher: f})
		s.Send(frame("A"))
		f.Close()
		s.Send(frame("B"))
		synctest.Wait()
		s.Send(frame("C"))
		expect(t, k, "A|B|C")
	})
}

// TestSlowProber tests that nothing is lost or reordered whatever the kernel
// takes at a time.
func TestSlowProber(t *testing.T) {
	for take := range 40 {
		synctest.Test(t, func(t *testing.T) {
			f := NewFlusher()
			defer f.Close()
			k := &sink{tries: []int{take, take / 2, 100000, 1}}
			s := New(probing{k}, Options{Flusher: f})
			want := ""
			for i := range 300 {
				command := strings.Repeat(string(rune('A'+i%26)), 1+i%100)
				want += command + "\r\n"
				if i%3 == 0 {
					reply(s, command)
				} else {
					s.Send(frame(command))
				}
				if i%97 == 0 {
					synctest.Wait()
				}
			}
			synctest.Wait()
			if k.String() != want {
				t.Error("what is written is not what was queued")
			}
			s.Drop()
		})
	}
}

// TestConcurrent tests that lines of each sender keep their order, whoever else
// uses the session.
func TestConcurrent(t *testing.T) {
	const senders, lines = 8, 300
	f := NewFlusher()
	defer f.Close()
	for _, probes := range []bool{true, false} {
		var sinks [10]*sink
		var sessions [10]*Session
		for i := range sinks {
			sinks[i] = &sink{tries: []int{5, 0, 100, 7}}
			var transport Transport = sinks[i]
			if probes {
				transport = probing{sinks[i]}
			}
			sessions[i] = New(transport, Options{Flusher: f})
			sessions[i].SetCaps(labels)
		}
		var wg sync.WaitGroup
		for id := range senders {
			wg.Go(func() {
				for n := range lines {
					shared := wire.One(line("SENT", strconv.Itoa(id), strconv.Itoa(n)))
					for _, s := range sessions {
						s.Send(shared)
					}
				}
			})
		}
		for _, s := range sessions {
			wg.Go(func() {
				for range lines / 10 {
					s.Begin("x")
					reply(s, "A")
					reply(s, "B")
					s.End()
					s.Queued()
				}
			})
		}
		wg.Wait()
		for i, s := range sessions {
			s.Close(nil)
			<-s.Done()
			var next [senders]int
			answers := 0
			for text := range strings.Lines(sinks[i].String()) {
				m, err := wire.Parse([]byte(strings.TrimSpace(text)))
				if err != nil {
					t.Fatal(err)
				}
				if m.Tags.Get("label") == "x" {
					answers++
				}
				if m.Command != "SENT" {
					continue
				}
				id, _ := strconv.Atoi(m.Param(0))
				if m.Param(1) != strconv.Itoa(next[id]) {
					t.Fatalf("%q after %d lines", text, next[id])
				}
				next[id]++
			}
			for id, n := range next {
				if n != lines {
					t.Errorf("%d lines of sender %d are lost", lines-n, id)
				}
			}
			if answers != lines/10 {
				t.Errorf("%d labelled answers", answers)
			}
		}
	}
}
