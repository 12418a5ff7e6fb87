package session

import (
	"testing"
	"testing/synctest"
)

// TestStall tests that what is queued between Stall and Resume waits, also when the
// session is closed meanwhile, and that nothing overtakes it.
func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFlusher()
		defer f.Close()
		for _, k := range []*sink{{}, {}} {
			for _, transport := range []Transport{k, probing{k}} {
				k.out.Reset()
				k.closed = false
				s := New(transport, Options{Flusher: f})
				s.Send(frame("A"))
				synctest.Wait()
				s.Stall()
				s.Stall()
				s.Send(frame("B"))
				s.Resume()
				synctest.Wait()
				expect(t, k, "A")
				last := line("ERROR", "bye")
				s.Close(&last)
				synctest.Wait()
				expect(t, k, "A")
				s.Resume()
				<-s.Done()
				expect(t, k, "A|B|ERROR :bye")
			}
		}
	})
}
