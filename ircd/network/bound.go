package network

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// bounds are the parameters of mode H that the history has been told, by buffer.
type bounds struct {
	of    sync.Map // string by string
	count atomic.Int64
}

// bound sees to it that the history of a channel has the bounds of its mode H. It
// reports whether anything is kept at all. Whoever writes or reads the history calls
// it: so it makes no difference by which way the mode has come to the channel.
func (n *Network) bound(v state.View, ch *state.Channel) (keeps bool) {
	has := ch.Has(modes.History)
	if !has && n.bounds.count.Load() == 0 {
		return true
	}
	buffer, param := string(ch.Key()), ""
	if has {
		param = v.Param(modes.History)
	}
	limit, _ := modes.ParseHistory(param)
	if old, _ := n.bounds.of.Load(buffer); old != nil && old != param || old == nil && has {
		n.rebound(buffer, param, limit)
	}
	return !has || limit.Count > 0
}

// rebound tells the history what mode H is now.
func (n *Network) rebound(buffer, param string, limit modes.HistoryLimit) {
	if param == "" {
		if _, was := n.bounds.of.LoadAndDelete(buffer); was {
			n.bounds.count.Add(-1)
		}
		n.History.SetPolicy(buffer, history.Limits{})
		return
	}
	if _, was := n.bounds.of.Swap(buffer, param); !was {
		n.bounds.count.Add(1)
	}
	if limit.Count == 0 {
		n.History.Drop(buffer)
		return
	}
	c := n.Config().History
	n.History.SetPolicy(buffer, history.Limits{
		Count: least(limit.Count, c.Count),
		Age:   least(limit.Age, time.Duration(c.Age)),
	})
}

// least returns the smaller one of two bounds, of which 0 is none.
func least[T int | time.Duration](a, b T) T {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
