package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

// Tell sends a PRIVMSG, NOTICE or TAGMSG to a user. away is the target's away
// message, or "".
func (n *Network) Tell(by Actor, target *state.User, b event.MessageSent) (away string, err error) {
	id := target.Identity()
	b.Target, b.To = id.Nick, target.UID()
	// Who is silenced does not know: to them it is as if it had been heard.
	if b.OpsOnly = id.Silences(by.User); !b.OpsOnly {
		if err := n.mayTell(by, target, id, b); err != nil {
			return "", err
		}
	}
	if n.isNoise(by, b) {
		return "", nil
	}
	if _, typing := b.Typing(); !typing && !b.OpsOnly {
		if err := n.newcomerTells(by, target, weigh(b), b.Whole()); err != nil {
			return "", err
		}
	}
	found := n.screenMessage(by, id.Nick, false, b)
	found.act()
	if found != nil {
		if err := found.Err(numerics.CannotSendUser.With(id.Nick)); err != nil {
			return "", err
		}
	}
	fit(by, &b)
	defer n.acknowledge(by)()
	e := n.event(by, b)
	n.applyTell(by, e, b, target)
	n.publish(e)
	n.alertTold(by, target, e, b)
	n.expectReply(by, target, b)
	return id.Away, nil
}

// mayTell reports whether the target's user modes let by's message through.
func (n *Network) mayTell(by Actor, target *state.User, id *state.Identity, b event.MessageSent) error {
	if target == by.User || id.Accepts(by.UID()) || by.Identity().IsOper() {
		return nil
	}
	refuse := numerics.CannotSendUser.With(id.Nick)
	switch {
	case by.Account() == "" && !id.IsOper() && n.Hooks.Closed != nil && n.Hooks.Closed():
		return numerics.NeedReggedNick.With(id.Nick).Because("Just now, only those who are logged in can send messages to users")
	case id.Modes.Has(modes.RegisteredPM) && by.Account() == "":
		return numerics.NeedReggedNick.With(id.Nick).Because("You must log in to an account to send messages to this user (+R)")
	case id.Modes.Has(modes.SecurePM) && !by.Secure():
		return refuse.Because("You must connect over TLS to send messages to this user (+Z)")
	case id.Modes.Has(modes.NoCTCPs) && hasCTCP(b):
		return refuse.Because("This user does not receive CTCP messages (+T)")
	case id.Modes.Has(modes.CallerID), id.Modes.Has(modes.SoftCallerID) && !by.SharesChannel(target):
		return n.ask(by, target, id)
	}
	return nil
}

// askEvery is how often a user with caller ID is told of the same other user.
const askEvery = time.Minute

// ask tells a target with caller ID that by wants to talk, and by to wait.
func (n *Network) ask(by Actor, target *state.User, id *state.Identity) error {
	if n.asked.pass(target.UID()+" "+by.UID(), askEvery, n.Clock.Now()) {
		me := by.Identity()
		asks := numerics.CallerIDAsks.With(me.Nick, me.Ident+"@"+me.Host).Fmt(me.Nick)
		n.TellAnywhere(target, asks)
		if by.Session != nil {
			told := n.Numeric(me.Nick, numerics.CallerIDTold.With(id.Nick))
			defer by.Session.ReplyMessage(&told)
		}
	}
	return numerics.CallerIDOn.With(id.Nick)
}

func (n *Network) applyTell(by Actor, e *event.Event, b event.MessageSent, target *state.User) {
	f := messageFrame(e, b)
	by.Touch(e.Time())
	if target.Local() && n.isNewcomer(Actor{User: target}) {
		n.strangers.answer(by.UID(), target.UID(), n.Clock.Now())
	}
	n.recordTell(e, b, by.User, target)
	if target != by.User {
		if !b.OpsOnly {
			target.Deliver(f, nil)
		}
		by.deliver(f)
		return
	}
	// A message to oneself is heard as a message, and echoed.
	target.Deliver(f, nil)
	if by.Session != nil {
		by.Session.Reply(f)
	}
}
