package session

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/wire"
)

// TestQueueProperties compares queues with plain buffers. There are several
// because they share memory through pools.
func TestQueueProperties(t *testing.T) {
	sizes := rapid.OneOf(rapid.IntRange(1, 100), rapid.IntRange(300, 9000), rapid.Just(3*bufferSize))
	rapid.Check(t, func(t *rapid.T) {
		var queues [3]queue
		var want [3][]byte
		buf := make([]byte, bufferSize)
		letter := 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			i := rapid.IntRange(0, 2).Draw(t, "queue")
			q := &queues[i]
			letter++
			text := string(rune('a' + letter%26))
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				b := bytes.Repeat([]byte(text), sizes.Draw(t, "size"))
				q.push(b)
				want[i] = append(want[i], b...)
			case 1:
				for range rapid.OneOf(rapid.IntRange(1, 300), rapid.Just(3000)).Draw(t, "lines") {
					q.push([]byte(text))
					want[i] = append(want[i], text...)
				}
			case 2:
				m := wire.Message{Command: "X", Params: []string{strings.Repeat(text, sizes.Draw(t, "size"))}}
				if rapid.Bool().Draw(t, "tag") {
					m.Tags = wire.Tags{{Key: "+tag", Value: strings.Repeat(text, rapid.IntRange(1, 4000).Draw(t, "tag size"))}}
				}
				q.appendMessage(&m, ^caps.Set(0), nil)
				want[i] = m.Append(want[i], ^caps.Set(0))
			default:
				if q.empty() {
					continue
				}
				b := q.gather(buf)
				if !bytes.HasPrefix(want[i], b) || len(b) == 0 {
					t.Fatalf("gathered %d bytes that were not queued", len(b))
				}
				n := rapid.IntRange(0, len(b)).Draw(t, "written")
				q.consume(n)
				want[i] = want[i][n:]
			}
			if q.size != len(want[i]) || q.empty() != (len(want[i]) == 0) {
				t.Fatalf("%d bytes are queued, not %d", q.size, len(want[i]))
			}
		}
		for i := range queues {
			q := &queues[i]
			for i == 0 && !q.empty() {
				b := q.gather(buf)
				if !bytes.HasPrefix(want[i], b) {
					t.Fatal("gathered what was not queued")
				}
				want[i] = want[i][len(b):]
				q.consume(len(b))
			}
			q.forget()
			if q.size != 0 || !q.empty() || q.tail != nil || q.many != nil || cap(q.items) > len(q.few) || q.few[0].b != nil || q.few[1].b != nil {
				t.Fatal("an empty queue keeps memory")
			}
		}
		for n := backlogSize; n <= 32*backlogSize; n *= 2 {
			b := takeBacklog(n)
			if len(*b) != n || slices.ContainsFunc(*b, func(it item) bool { return it.b != nil || it.page != nil }) {
				t.Fatalf("a backlog of %d items is not clear, or has %d", n, len(*b))
			}
			if p := backlogPool(n); p != nil {
				p.Put(b)
			}
		}
	})
}
