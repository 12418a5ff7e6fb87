package network

import (
	"cmp"
	"context"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// pastPage is how many bytes of events a page has, about.
const pastPage = 256 << 10

// A pastEvent is an event with the buffer it is kept in.
type pastEvent struct {
	Buffer string `cbor:"1,keyasint"`
	Event  []byte `cbor:"2,keyasint"`
}

// pastList is the answer to askPast. Unless More is false it ends behind the event Since
// of Buffer. Up is what the server has; Whole means that this is all it has ever said. Top,
// Turn and Found are what its shelf says, before the events were looked for. Shifts is how
// often the history of a channel was moved in this run.
type pastList struct {
	Events []pastEvent            `cbor:"1,keyasint"`
	More   bool                   `cbor:"2,keyasint,omitempty"`
	Buffer string                 `cbor:"3,keyasint,omitempty"`
	Since  event.Stamp            `cbor:"4,keyasint,omitzero"`
	Up     map[string]event.Stamp `cbor:"5,keyasint"`
	Whole  bool                   `cbor:"6,keyasint,omitempty"`
	Top    map[string]event.Stamp `cbor:"7,keyasint,omitempty"`
	Turn   map[string]uint64      `cbor:"8,keyasint,omitempty"`
	Found  event.Stamp            `cbor:"9,keyasint,omitzero"`
	Shifts uint64                 `cbor:"10,keyasint,omitempty"`

	size int
}

// answerPast reads until no channel is renamed meanwhile.
func (n *Network) answerPast(ctx context.Context, q *query) ([]byte, error) {
	for {
		shifts, err := n.shifting.still(ctx)
		if err != nil {
			return nil, err
		}
		answer, err := n.readPast(ctx, q, shifts)
		if now, _ := n.shifting.state(); err != nil || now == shifts {
			return answer, err
		}
	}
}

func (n *Network) readPast(ctx context.Context, q *query, shifts uint64) ([]byte, error) {
	list := pastList{Whole: n.caughtUp.Load(), Up: n.points(), Shifts: shifts}
	list.Top, list.Turn, list.Found = n.ledger.inventory()
	list.Top[n.Clock.Server()] = n.Clock.Stamp()
	delete(list.Turn, n.Clock.Server()) // what happens here is not counted
	missed := n.missed(q, &list)
	if n.History == nil || len(missed) == 0 {
		return cbor.Marshal(list)
	}
	stretches := joined(missed)
	for _, buffer := range n.buffers() {
		if buffer < q.Buffer && q.Buffer != ledgerBuffer || buffer == ledgerBuffer && q.Buffer != "" && q.Buffer != ledgerBuffer {
			continue
		}
		for _, s := range stretches {
			if from := q.Since; buffer == q.Buffer && from.After(s.from) {
				s.from = from
			}
			if err := n.listPast(ctx, buffer, s, missed, &list); err != nil || list.More {
				return marshal(list, err)
			}
		}
	}
	return cbor.Marshal(list)
}

func marshal(list pastList, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return cbor.Marshal(list)
}

// listPast adds what was missed in a stretch of a buffer to a page, until that is full.
func (n *Network) listPast(ctx context.Context, buffer string, s stretch, missed map[string][]stretch, list *pastList) error {
	for from := s.from; s.to.After(from) && ctx.Err() == nil; {
		events, err := n.History.Query(ctx, buffer, history.After(after(from), 256))
		if err != nil {
			return err
		}
		for _, e := range events {
			if from = e.Stamp; from.After(s.to) {
				return nil
			}
			if _, own := e.Body.(event.Points); own || !slices.ContainsFunc(missed[e.Server], func(s stretch) bool { return s.has(e.Stamp) }) {
				continue
			}
			b, err := n.encode(e)
			if err != nil {
				return err
			}
			list.Events = append(list.Events, pastEvent{buffer, b})
			if list.size += len(b) + len(buffer); list.size >= pastPage {
				list.More, list.Buffer, list.Since = true, buffer, from
				return nil
			}
		}
		if len(events) < 256 {
			return nil
		}
	}
	return ctx.Err()
}

// after is the point behind an event, none for no event.
func after(s event.Stamp) history.Point {
	if s.IsZero() {
		return history.Point{}
	}
	return history.Of(s)
}

// buffers returns the names of all buffers, that of the ledger first: what was removed
// is known then before copies of it come.
func (n *Network) buffers() []string {
	all := n.History.Buffers()
	slices.SortFunc(all, func(a, b string) int {
		if ours, theirs := a == ledgerBuffer, b == ledgerBuffer; ours != theirs {
			if ours {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
	return all
}
