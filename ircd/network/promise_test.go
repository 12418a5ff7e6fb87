package network

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// A slow log is durable when it is told so.
type slowLog struct {
	*history.Ring
	last    atomic.Uint64
	durable chan struct{}
}

func (l *slowLog) Append(buffer string, e *event.Event) history.Ticket {
	l.Ring.Append(buffer, e)
	return history.Ticket(l.last.Add(1))
}

func (l *slowLog) Wait(ctx context.Context, _ history.Ticket) error {
	select {
	case <-l.durable:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestPromises tests that a sender's echo waits for the disk, for as long as a promise
// lasts, and that what is said meanwhile waits with it.
func TestPromises(t *testing.T) {
	for _, durable := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			log := &slowLog{Ring: history.New(history.Options{}), durable: make(chan struct{})}
			defer log.Close()
			n, by, ch := room(t, 3, log)
			by.Session.SetCaps(caps.Of(caps.EchoMessage))
			synctest.Wait()
			for range 5 {
				if err := n.Say(by, ch, event.MessageSent{Command: "PRIVMSG", Text: "tea"}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			if by.Session.Queued() == 0 {
				t.Error("the echo has not waited")
			}
			for _, u := range n.World.Users() {
				if s := u.Sessions()[0]; s != by.Session && s.Queued() > 0 {
					t.Error("others have waited, too")
				}
			}
			if durable {
				close(log.durable)
			} else {
				time.Sleep(2 * maxPromise) // promises made while others are kept wait after those
			}
			synctest.Wait()
			if n := by.Session.Queued(); n > 0 {
				t.Errorf("durable %v: %d bytes wait still", durable, n)
			}
		})
	}
}
