package network

import (
	"cmp"
	"slices"

	"github.com/parley-irc/parley/ircd/event"
)

// slack is how much more is asked for than is missing, in ticks: events of one server
// may be published in another order than that of their stamps.
const slack = 10_000 << 16

// A stretch is the time after one stamp, up to another.
type stretch struct{ from, to event.Stamp }

func (s stretch) has(at event.Stamp) bool { return at.After(s.from) && !at.After(s.to) }

// earlier returns a stamp some ticks before s, that of no server.
func earlier(s event.Stamp, ticks uint64) event.Stamp {
	return event.Stamp{Ticks: s.Ticks - min(s.Ticks, ticks)}
}

// missed returns what a server may not have, by where it happened.
func (n *Network) missed(q *query, list *pastList) map[string][]stretch {
	all := map[string][]stretch{}
	add := func(sid string, from, to event.Stamp) {
		if to.After(from) {
			all[sid] = append(all[sid], stretch{from, to})
		}
	}
	for sid, top := range list.Top {
		if turn := list.Turn[sid]; sid == q.Server || slices.Contains(q.Live, sid) || q.Run == n.boot && turn > 0 && turn == q.Turn[sid] {
			continue
		}
		add(sid, earlier(q.Up[sid], slack), top)
	}
	if q.Lost != nil {
		add(q.Server, earlier(q.Lost.From, slack), q.Lost.To)
	}
	for _, f := range n.ledger.foundSince(q.Asked) {
		add(f.From.Server, earlier(f.From, 1), f.To)
	}
	return all
}

// joined returns the time that stretches cover, in order.
func joined(all map[string][]stretch) (line []stretch) {
	for _, some := range all {
		line = append(line, some...)
	}
	slices.SortFunc(line, func(a, b stretch) int { return cmp.Compare(a.from.Ticks, b.from.Ticks) })
	count := 0
	for _, s := range line {
		if count > 0 && !s.from.After(line[count-1].to) {
			line[count-1].to = latest(line[count-1].to, s.to)
			continue
		}
		line[count] = s
		count++
	}
	return line[:count]
}

func latest(a, b event.Stamp) event.Stamp {
	if b.After(a) {
		return b
	}
	return a
}
