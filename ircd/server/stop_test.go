package server

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/server/control"
)

// TestStopWhileAsked stops a server that is asked to do things all the time, and
// whose clients neither read nor go.
func TestStopWhileAsked(t *testing.T) {
	r := start(t, plainAt+tlsAt)
	for i := range 20 {
		c, err := net.Dial("tcp", r.address(0))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i%2 == 0 { // the others say nothing at all
			c.Write([]byte("NICK x" + string(rune('a'+i)) + "\r\nUSER x 0 * :x\r\nJOIN #tea\r\n"))
		}
	}
	folder := r.Config().Server.DataDir
	asked := make(chan struct{}, 4)
	var asking sync.WaitGroup
	for _, command := range []string{"status", "rehash", "rehash", "status"} {
		asking.Go(func() {
			for first := true; ; first = false {
				_, err := control.Call(folder, control.Request{Command: command})
				if errors.Is(err, control.ErrNotRunning) {
					return
				}
				if first {
					asked <- struct{}{}
				}
			}
		})
	}
	for range cap(asked) {
		<-asked
	}
	begin := time.Now()
	r.Stop("enough")
	r.Stop("more than enough")
	asking.Wait()
	if took := time.Since(begin); took > patience {
		t.Errorf("it took %v", took)
	}
	contains(t, r.log.String(), "reason=enough")
}
