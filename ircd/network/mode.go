package network

import (
	"strings"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// ChangeModes makes the changes that by may make, and returns a reply for each
// that is refused. force skips what the channel forbids.
func (n *Network) ChangeModes(by Actor, ch *state.Channel, changes []modes.Change, force bool) (refused []error) {
	targets, locked := n.modeTargets(by, ch, changes), n.locked(ch)
	lasted, kept := lasts(ch), false
	_ = ch.Update(func(cx state.ChannelTx) error {
		p := plan{n: n, cx: cx, by: by, force: force || by.User == nil, locked: locked}
		for i, c := range changes {
			if err := p.add(c, targets[i]); err != nil {
				refused = append(refused, err)
			}
		}
		if len(p.facts) == 0 {
			return nil
		}
		if kept = p.lasting(); kept {
			n.stall(by, lasted)
		}
		b := event.ModeChanged{Channel: ch.Name(), Changes: p.changes}
		e := n.event(by, b, p.facts...)
		n.applyMode(cx, by, e, b)
		n.publish(e)
		return nil
	})
	if kept {
		n.changed(by, ch, lasted, "")
	}
	if !lasts(ch) {
		n.buryIfEmpty(ch)
	}
	return refused
}

// A modeTarget is what a change needs that cannot be looked up under the channel's
// lock: the user whose status changes, or whether a forward is allowed.
type modeTarget struct {
	user *state.User
	err  error
}

func (n *Network) modeTargets(by Actor, ch *state.Channel, changes []modes.Change) []modeTarget {
	targets := make([]modeTarget, len(changes))
	for i, c := range changes {
		switch {
		case c.Kind == modes.Status:
			targets[i].user, targets[i].err = n.mayHave(ch, c)
		case c.Letter == modes.Forward && c.Add:
			targets[i].err = n.mayForward(by, c.Param)
		}
	}
	return targets
}

// mayHave returns the user whose status changes, and why a service refuses it.
func (n *Network) mayHave(ch *state.Channel, c modes.Change) (*state.User, error) {
	u := n.World.User(c.Param)
	switch {
	case u == nil:
		return nil, numerics.NoSuchNick.With(c.Param)
	case c.Add && n.Hooks.MayHave != nil:
		return u, n.Hooks.MayHave(u, ch, c.Letter)
	}
	return u, nil
}

// mayForward reports whether by may send the users of one channel to another: it
// must exist, and by must be an operator there.
func (n *Network) mayForward(by Actor, to string) (err error) {
	ch := n.World.Channel(to)
	if ch == nil {
		return numerics.InvalidMode.With(oneWord(to), string(rune(modes.Forward)), oneWord(to)).Because("There is no such channel to forward to")
	}
	ch.View(func(v state.View) {
		if by.User != nil && !v.Member(by.User).AtLeast(modes.Operator) {
			err = numerics.ChanOpNeeded.With(ch.Name()).Because("You must be an operator of the channel to forward to")
		}
	})
	return err
}

func (n *Network) applyMode(cx state.ChannelTx, by Actor, e *event.Event, b event.ModeChanged) {
	var won []event.Change
	for i, f := range e.Facts {
		if !cx.Merge(f) || i >= len(b.Changes) {
			continue
		}
		won = append(won, b.Changes[i])
		n.revealFor(cx, e, f)
	}
	if len(won) == 0 {
		return
	}
	n.boundAgain(cx)
	made := *e
	made.Body = event.ModeChanged{Channel: b.Channel, Changes: won}
	n.record(cx, &made)
	e.Kept = made.Kept
	params := append([]string{cx.Name()}, modeWords(won)...)
	cx.Broadcast(wire.One(message(e, "MODE", params...)), by.Session)
}

// revealFor shows hidden joins when a mode change ends that they are hidden.
func (n *Network) revealFor(cx state.ChannelTx, e *event.Event, f event.Fact) {
	all := f.Kind == event.Mode && f.Gone && f.A == string(rune(modes.Delayed))
	if !all && (f.Kind != event.Status || f.Gone) {
		return
	}
	for _, m := range cx.Members() {
		switch {
		case !all && m.UID() != f.A:
		case n.owns(e):
			n.reveal(cx, m)
		default:
			n.unveil(cx, m, nil) // the other server thought that everybody knew
		}
	}
}

// modeWords returns changes as MODE has them: "+ov-b", then the parameters.
func modeWords(changes []event.Change) []string {
	var letters strings.Builder
	var params []string
	sign := byte(0)
	for _, c := range changes {
		s := byte('-')
		if c.Add {
			s = '+'
		}
		if s != sign {
			letters.WriteByte(s)
			sign = s
		}
		letters.WriteByte(c.Letter)
		if c.Param != "" {
			params = append(params, c.Param)
		}
	}
	return append([]string{letters.String()}, params...)
}

// buryIfEmpty forgets a channel that was permanent.
func (n *Network) buryIfEmpty(ch *state.Channel) {
	_ = n.World.Update(func(tx *state.Tx) error {
		return ch.Update(func(cx state.ChannelTx) error { tx.Bury(cx); return nil })
	})
}
