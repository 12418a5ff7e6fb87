package history_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/history/historytest"
)

func TestRing(t *testing.T) {
	historytest.Test(t, func(t testing.TB, o history.Options) history.Log { return history.New(o) })
}

// TestBubble tests that a ring can be used with fake time, which expires what is in it.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := history.New(history.Options{Limits: history.Limits{Age: time.Hour}})
		c := event.NewClock("ua", time.Now)
		for range 250 {
			r.Append("#c", &event.Event{Stamp: c.Stamp(), Body: event.MessageSent{Command: "PRIVMSG", Text: "x"}})
		}
		synctest.Wait()
		if s := r.Stats(); s.Events != 250 || s.Records > 100 {
			t.Errorf("before: %+v", s)
		}
		time.Sleep(62 * time.Minute)
		if s := r.Stats(); s.Events != 0 || s.Buffers != 0 || s.Bytes != 0 || s.Records != 0 {
			t.Errorf("after: %+v", s)
		}
		r.Close()
	})
}
