package network

import (
	"cmp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// A Choice is what the founder of a channel has chosen for its history. What is "" is
// as the network has it.
type Choice struct {
	Keep   string // "off", "ephemeral" or "persistent"
	Cutoff string // "none", "registration" or "join"
}

// bounds are what has been chosen, and what the history has been told of it.
type bounds struct {
	choices sync.Map // Choice by the folded name of a channel
	told    sync.Map // rule by buffer; those that are zero are not there
	count   atomic.Int64
}

// A rule is what the policy of a buffer follows from: the zero one from the limits of
// the network alone.
type rule struct {
	keep  history.Keep
	param string // of mode H
}

// Choose makes known what has been chosen for a channel.
func (n *Network) Choose(channel string, c Choice) {
	key := string(n.World.Mapping.Fold(channel))
	if c == (Choice{}) {
		if _, was := n.bounds.choices.LoadAndDelete(key); !was {
			return
		}
		n.bounds.count.Add(-1)
	} else if _, was := n.bounds.choices.Swap(key, c); !was {
		n.bounds.count.Add(1)
	}
	if ch := n.World.Channel(channel); ch != nil && n.History != nil {
		ch.View(func(v state.View) { n.bound(v, ch) })
	}
}

func (n *Network) choice(ch *state.Channel) (c Choice) {
	if n.bounds.count.Load() > 0 && ch.Has(modes.Registered) {
		found, _ := n.bounds.choices.Load(string(ch.Key()))
		c, _ = found.(Choice)
	}
	return c
}

// bound sees to it that the history of a channel is kept as its founder has chosen and
// as mode H says. It reports whether anything is kept at all. Whoever writes or reads the
// history calls it: so it makes no difference by which way the mode or the choice has
// come to this server.
func (n *Network) bound(v state.View, ch *state.Channel) (keeps bool) {
	var r rule
	r.keep, _ = n.ChannelPolicy(ch)
	if ch.Has(modes.History) {
		r.param = v.Param(modes.History)
	}
	if r == (rule{}) && n.bounds.count.Load() == 0 {
		return true
	}
	limit, set := modes.ParseHistory(r.param)
	if set && limit.Count == 0 {
		r.keep = history.Off
	}
	if n.tell(string(ch.Key()), r, limit) && r.keep == history.Off {
		n.History.Drop(string(ch.Key()))
	}
	return r.keep != history.Off
}

// boundAgain is bound for a channel whose modes may have changed.
func (n *Network) boundAgain(cx state.ChannelTx) {
	if n.History != nil {
		n.bound(cx.View(), cx.Channel())
	}
}

// boundTalk is bound for a conversation. What there is stays when one of the two wants
// nothing to be kept: it is the other's, too.
func (n *Network) boundTalk(buffer, one, other string) (keeps bool) {
	r := rule{keep: max(n.chosenBy(one), n.chosenBy(other))}
	if r != (rule{}) || n.bounds.count.Load() > 0 {
		n.tell(buffer, r, modes.HistoryLimit{})
	}
	return r.keep != history.Off
}

func (n *Network) chosenBy(account string) history.Keep {
	word := ""
	if account != "" && n.Hooks.Keeps != nil {
		word = n.Hooks.Keeps(account)
	}
	return n.DirectPolicy(word)
}

// DirectPolicy returns what is kept of the conversations of an account that has chosen
// this, or nothing if it is "".
func (n *Network) DirectPolicy(chosen string) history.Keep {
	p := &n.Config().History.Policy
	return keeping(p, p.Direct, chosen)
}

// ChannelPolicy returns what is kept of a channel, and from when on its members may read
// it.
func (n *Network) ChannelPolicy(ch *state.Channel) (keep history.Keep, cutoff string) {
	h, c := &n.Config().History, n.choice(ch)
	if keep = keepOf(h.Policy.Unregistered); ch.Has(modes.Registered) {
		keep = keeping(&h.Policy, h.Policy.Registered, c.Keep)
	}
	return keep, cmp.Or(c.Cutoff, h.Cutoff)
}

// keeping returns what is kept: what was chosen as far as the network lets that be, or
// what is usual.
func keeping(p *config.HistoryPolicy, usual, chosen string) history.Keep {
	if chosen == "" {
		return keepOf(usual)
	}
	return min(max(keepOf(chosen), keepOf(p.Most)), keepOf(p.Least))
}

func keepOf(word string) history.Keep {
	k, _ := history.ParseKeep(word)
	return k
}

// tell tells the history the rule of a buffer, and reports whether it is another than
// before.
func (n *Network) tell(buffer string, r rule, limit modes.HistoryLimit) (changed bool) {
	was, _ := n.bounds.told.Load(buffer)
	if old, _ := was.(rule); old == r {
		return false
	}
	if r == (rule{}) {
		if _, was := n.bounds.told.LoadAndDelete(buffer); was {
			n.bounds.count.Add(-1)
		}
		n.History.SetPolicy(buffer, history.Policy{})
		return true
	}
	if _, was := n.bounds.told.Swap(buffer, r); !was {
		n.bounds.count.Add(1)
	}
	c := n.Config().History
	n.History.SetPolicy(buffer, history.Policy{Keep: r.keep, Limits: history.Limits{
		Count: least(limit.Count, c.Count),
		Age:   least(limit.Age, time.Duration(c.Age)),
	}})
	return true
}

// HistoryLimits returns the limits that the configuration has for each buffer of the
// history, and for all of them together.
func HistoryLimits(c *config.Config) (each history.Limits, total int64) {
	h := c.History
	return history.Limits{Count: h.Count, Bytes: int64(h.Bytes), Age: h.Age.Std()}, int64(h.Total)
}

// rebound tells the history other limits. Those of mode H, of which the lesser counts, it
// is told anew when they are needed.
func (n *Network) rebound(old, c *config.Config) {
	each, total := HistoryLimits(c)
	if was, sum := HistoryLimits(old); was == each && sum == total {
		return
	}
	n.History.SetLimits(each, total)
	n.bounds.told.Range(func(buffer, _ any) bool {
		if _, was := n.bounds.told.LoadAndDelete(buffer); was {
			n.bounds.count.Add(-1)
		}
		return true
	})
}

// least returns the smaller one of two bounds, of which 0 is none.
func least[T int | time.Duration](a, b T) T {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
