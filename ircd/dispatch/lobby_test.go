package dispatch

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestLobby tests that as many connections run lines as there are places, that waiting
// needs no place, and that nobody keeps one for long.
func TestLobby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{lobby: make(lobby, 2)}
		var inside atomic.Int32
		leave := make(chan struct{})
		for range 5 {
			go func() {
				c := &Conn{Server: s}
				c.takePlace()
				inside.Add(1)
				<-leave // which is not the way to wait
				c.leavePlace()
				inside.Add(-1)
			}()
		}
		synctest.Wait()
		if n := inside.Load(); n != 2 {
			t.Errorf("%d are inside instead of 2", n)
		}
		for range 3 {
			leave <- struct{}{}
		}
		synctest.Wait()
		if n := inside.Load(); n != 2 {
			t.Errorf("when 3 of 5 have left, %d are inside instead of 2", n)
		}
		close(leave)
		synctest.Wait()
		if len(s.lobby) != 0 {
			t.Errorf("%d places are taken by nobody", len(s.lobby))
		}

		done := make(chan struct{})
		for range 3 { // all at the same time
			go func() {
				c := &Conn{Server: s}
				c.takePlace()
				c.Aside(func() { <-done })
				c.leavePlace()
			}()
		}
		synctest.Wait()
		if len(s.lobby) != 0 {
			t.Errorf("%d places are taken by those who wait", len(s.lobby))
		}
		close(done)
		synctest.Wait()

		first, second, third := &Conn{Server: s}, &Conn{Server: s}, &Conn{Server: s}
		first.takePlace()
		second.takePlace()
		go third.takePlace()
		synctest.Wait()
		first.takePlace() // it has it
		time.Sleep(aTurn)
		go first.takePlace()
		synctest.Wait()
		if !third.placed {
			t.Error("one who has had a place for long keeps it")
		}
		third.leavePlace()
		synctest.Wait()
		if !first.placed {
			t.Error("one who has given way does not get a place again")
		}
	})
}
