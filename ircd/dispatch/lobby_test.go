package dispatch

import (
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/courtesy"
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
		time.Sleep(courtesy.ATurn)
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

// TestHall tests that who has run lines for long waits for others who have, and that
// messages, and those who have just begun, do not.
func TestHall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{hall: make(hall, 1)}
		s.hall <- struct{}{}
		time.Sleep(time.Second)
		long := time.Now().Add(-courtesy.ATurn)
		for name, c := range map[string]*Conn{
			"who has just begun":  {Server: s, turn: time.Now()},
			"who sends a message": {Server: s, turn: long, request: Request{Command: &Command{Flows: true}}},
		} {
			done := make(chan bool, 1)
			go func() { c.giveWay(); done <- true }()
			synctest.Wait()
			if len(done) == 0 {
				t.Errorf("%s waits", name)
			}
		}
		var through atomic.Int32
		for range 3 {
			go func() {
				c := &Conn{Server: s, turn: long}
				c.giveWay()
				if time.Since(c.turn) != 0 {
					t.Error("no new turn has begun")
				}
				through.Add(1)
			}()
		}
		synctest.Wait()
		if n := through.Load(); n != 0 {
			t.Errorf("%d pass a hall that is full", n)
		}
		<-s.hall
		synctest.Wait()
		if n := through.Load(); n != 3 || len(s.hall) != 0 {
			t.Errorf("%d of 3 have passed, %d places are taken", n, len(s.hall))
		}
	})
}

// TestLineUp tests that those who have one command each that may take long wait for each
// other when nobody else has been heard for some time, and that what takes nothing does not
// wait.
func TestLineUp(t *testing.T) {
	way, err := courtesy.New(2)
	if err != nil {
		t.Fatal(err)
	}
	defer way.Close()
	s := &Server{hall: make(hall, 1), Way: way}
	s.hall <- struct{}{}
	c := &Conn{Server: s}
	way.Give()
	c.lineUp(&Command{}) // others have just been heard
	for way.Since() < long {
		runtime.Gosched()
	}
	c.lineUp(&Command{Light: true})
	c.lineUp(&Command{Flows: true})
	through := make(chan bool)
	for _, command := range []*Command{{}, nil} {
		go func() { c.lineUp(command); through <- true }()
	}
	for range 100 {
		runtime.Gosched()
	}
	select {
	case <-through:
		t.Error("somebody passes a hall that is full")
	default:
	}
	<-s.hall
	<-through
	<-through
	if way.Since() > time.Minute || len(s.hall) != 0 {
		t.Error("no way was given, or the hall is not empty")
	}
}
