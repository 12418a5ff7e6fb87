package network

import (
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Forward is the error that sends a user who may not join to another channel.
type Forward struct {
	numerics.Reply
	To string
}

// Join adds a user to a channel, which is created if there is none; the creator
// is its operator. joined is false for one who is a member already. force skips
// what the channel forbids.
func (n *Network) Join(by Actor, name, key string, force bool) (ch *state.Channel, joined bool, err error) {
	defer n.report()
	if err := n.admit(by.User, name); err != nil && !force {
		return nil, false, err
	}
	err = n.World.Update(func(tx *state.Tx) error {
		cfg := n.Config()
		if err := n.forwarded(tx, by, name); err != nil && !force {
			return err
		}
		var created bool
		ch, created = tx.Open(name)
		if created && cfg.Channels.OpersOnlyCreate && !by.Identity().IsOper() {
			return numerics.NoSuchChannel.With(name).Because("Only operators create channels here")
		}
		if len(by.Memberships()) >= cfg.Limits.ChannelsPerUser && !force {
			return numerics.TooManyChannels.With(name)
		}
		return ch.Update(func(cx state.ChannelTx) error {
			if cx.Member(by.User) != nil {
				return nil
			}
			if err := n.mayJoin(cx, by, key); err != nil && !force {
				return err
			}
			b := event.Joined{Channel: ch.Name(), Created: created}
			if len(cx.Members()) == 0 && !ch.Has(modes.Registered) {
				b.Status = string(rune(modes.Operator))
			}
			e := n.event(by, b)
			e.Facts = n.joinFacts(cx, by, e, b)
			for i := range e.Facts {
				e.Facts[i].At = e.Stamp
			}
			joined = true
			n.applyJoin(tx, cx, by, e, b)
			n.publish(e)
			return nil
		})
	})
	if joined && n.Hooks.Joined != nil {
		n.Hooks.Joined(by, ch)
	}
	return ch, joined, err
}

func (n *Network) mayJoin(cx state.ChannelTx, by Actor, key string) error {
	if len(cx.Members()) == 0 && cx.Incarnation().IsZero() {
		return nil
	}
	now := n.Clock.Now()
	forward, err := cx.View().MayJoin(by.User, key, now)
	if reply, ok := err.(numerics.Reply); ok && forward != "" {
		return Forward{reply, forward}
	}
	if err != nil {
		return err
	}
	if cx.Flood("throttle", by.User, "", now) != nil {
		return numerics.ChannelFull.With(cx.Name()).Because("Cannot join channel (+j): too many joins; try again in a while")
	}
	if !n.newcomerJoins(cx, by, now) {
		return numerics.ChannelFull.With(cx.Name()).Because("Cannot join channel: too many newcomers at once. Log in to an account, or try again in a minute")
	}
	if r := cx.Flood("join", by.User, "", now); r != nil {
		n.flooded(cx, by, r)
		if r.Action != "R" || by.Account() == "" {
			return numerics.InviteOnlyChan.With(cx.Name()).Because("Cannot join channel (+F): too many joins; try again in a while")
		}
	}
	return nil
}

// joinFacts are what a join makes so: the membership and, if the channel is new,
// its incarnation, its name and the modes of a new channel.
func (n *Network) joinFacts(cx state.ChannelTx, by Actor, e *event.Event, b event.Joined) []event.Fact {
	inc := cx.Incarnation()
	if inc.IsZero() {
		inc = e.Stamp
	}
	under := func(kind event.Kind, a, b string) event.Key {
		k := cx.Key(kind, a, b)
		k.Incarnation = inc
		return k
	}
	facts := append(make([]event.Fact, 0, 5), fact(under(event.Member, by.UID(), ""), ""))
	if b.Created {
		facts = append(facts, fact(under(event.Name, "", ""), b.Channel))
		changes, _ := n.World.Modes.Parse(strings.Fields(n.Config().Channels.DefaultModes), 8)
		for _, c := range changes {
			if c.Add && c.Kind != modes.Status && c.Kind != modes.List {
				facts = append(facts, fact(under(event.Mode, string(c.Letter), ""), c.Param))
			}
		}
	}
	if b.Created && n.World.Linked && !n.heir(cx, by.User) {
		facts = append(facts, fact(under(event.Epoch, "", ""), ""))
	}
	for _, letter := range b.Status {
		facts = append(facts, fact(under(event.Status, by.UID(), string(letter)), ""))
	}
	if invite := under(event.Invite, by.UID(), ""); cx.Holds(invite) {
		facts = append(facts, noFact(invite))
	}
	return facts
}

func (n *Network) applyJoin(tx *state.Tx, cx state.ChannelTx, by Actor, e *event.Event, b event.Joined) {
	if by.User == nil {
		return
	}
	won, before := false, n.pictureBefore(tx, cx, e, b)
	for _, f := range e.Facts {
		if f.Kind == event.Member {
			won = tx.MergeMember(cx, f)
			continue
		}
		cx.Merge(f)
	}
	if m := cx.Member(by.User); won && m != nil {
		n.noteChange(by.User, true)
		if b.Created && cx.Incarnation() == e.Stamp {
			n.inherit(cx, by.User)
			n.InformHere(modes.SnoChannels, "%[1]s makes the channel %[2]s", e.Source, cx.Name())
		}
		n.recordAbout(cx, m, e)
		cx.BroadcastAbout(m, n.joinFrame(e, by.User, cx.Name()), by.Session)
		n.welcomeOthers(cx, by, m)
		n.tellNotes(cx, m)
		n.tellDifference(cx, before)
	}
}

// joinFrame is what members read of a join. Those who ask for it read the account
// and the real name, and that one who joins is away.
// https://ircv3.net/specs/extensions/extended-join
// https://ircv3.net/specs/extensions/away-notify
func (n *Network) joinFrame(e *event.Event, u *state.User, channel string) *wire.Frame {
	return wire.Of(n.joinForms(e, u, channel)...)
}

func (n *Network) joinForms(e *event.Event, u *state.User, channel string) []wire.Form {
	id := u.Identity()
	account := id.Account
	if account == "" {
		account = "*"
	}
	plain := message(e, "JOIN", channel)
	extended := message(e, "JOIN", channel, account, id.Realname)
	forms := make([]wire.Form, 0, 4)
	if id.Away != "" {
		away := message(e, "AWAY", id.Away)
		forms = append(forms,
			wire.Form{Needs: caps.Of(caps.ExtendedJoin, caps.AwayNotify), Lines: []wire.Message{extended, away}},
			wire.Form{Needs: caps.Of(caps.AwayNotify), Lines: []wire.Message{plain, away}})
	}
	return append(forms,
		wire.Form{Needs: caps.Of(caps.ExtendedJoin), Lines: []wire.Message{extended}},
		wire.Form{Lines: []wire.Message{plain}})
}

// reveal shows the others the join of one who joined under mode D.
func (n *Network) reveal(cx state.ChannelTx, m *state.Member) {
	if m == nil || !m.Hidden() {
		return
	}
	e := n.event(Actor{User: m.User}, event.Revealed{Channel: cx.Name()})
	n.applyReveal(cx, m, e)
	n.publish(e)
}

func (n *Network) applyReveal(cx state.ChannelTx, m *state.Member, e *event.Event) {
	if n.unveil(cx, m, e) {
		n.recordAbout(cx, m, e)
	}
}

// unveilAll shows those who have joined under mode D, if that has ended with nobody's
// doing.
func (n *Network) unveilAll(cx state.ChannelTx) {
	if cx.Channel().Has(modes.Delayed) {
		return
	}
	for _, m := range cx.Members() {
		n.unveil(cx, m, nil)
	}
}

// unveil shows the others that m is a member, as what happened in e, and reports
// whether they did not know. Without e, nobody has done anything.
func (n *Network) unveil(cx state.ChannelTx, m *state.Member, e *event.Event) bool {
	if m == nil || !cx.Reveal(m) {
		return false
	}
	if e == nil {
		e = n.event(Actor{User: m.User}, nil)
	}
	f := n.joinFrame(e, m.User, cx.Name())
	cx.BroadcastTo(func(o *state.Member) bool { return o != m && cx.View().Sees(o.User, m) }, f, nil)
	n.tellNotes(cx, m)
	return true
}
