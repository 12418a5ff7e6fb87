package network

import (
	"context"
	"testing"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// remember lets a server keep what is said, in memory.
func (n *crowdNode) remember(t *testing.T) history.Log {
	log := history.New(history.Options{})
	t.Cleanup(func() { log.Close() })
	n.History = log
	return log
}

// remembers tests that what was said in each buffer, and is still there, is this.
func (n *crowdNode) remembers(t *testing.T, want map[string]string) {
	t.Helper()
	for buffer, want := range want {
		list, err := n.History.Query(context.Background(), buffer, history.Latest(history.Point{}, 10))
		got := ""
		for _, e := range list {
			if m, ok := e.Body.(event.MessageSent); ok {
				got += m.Text
			}
		}
		if err != nil || got != want {
			t.Errorf("%s has %q, %v; want %q", buffer, got, err, want)
		}
	}
}
