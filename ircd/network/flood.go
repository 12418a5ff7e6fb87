package network

import (
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// floodLock is for how long a channel mode that a flood sets stays.
const floodLock = time.Minute

// flooded does what mode F says about one happening too many, as far as it is a
// mode of the channel. What concerns the member is done by punish, which needs
// other locks.
func (n *Network) flooded(cx state.ChannelTx, by Actor, r *modes.FloodRule) {
	if n.floods.pass(string(cx.Channel().Key())+r.Type, floodLock, n.Clock.Now()) {
		n.Inform(modes.SnoFloods, "%[1]s floods %[2]s (%[3]s)", by.Source(), cx.Name(), r.String())
	}
	m := n.World.Modes.ByLetter(r.Action[0])
	if len(r.Action) != 1 || m == nil || cx.Channel().Has(m.Letter) {
		return
	}
	n.setFlag(cx, m.Letter, true)
	ch := cx.Channel()
	time.AfterFunc(floodLock, func() {
		_ = ch.Update(func(cx state.ChannelTx) error {
			if ch.Has(m.Letter) && (len(cx.Members()) > 0 || lasts(ch)) {
				n.setFlag(cx, m.Letter, false)
			}
			return nil
		})
		n.changed(Actor{}, ch, false, "") // it may have been kept meanwhile
	})
}

// setFlag sets or unsets a mode in the name of the server.
func (n *Network) setFlag(cx state.ChannelTx, letter byte, on bool) {
	f := fact(cx.Key(event.Mode, string(letter), ""), "")
	f.Gone = !on
	b := event.ModeChanged{Channel: cx.Name(), Changes: []event.Change{{Add: on, Letter: letter}}}
	e := n.event(Actor{}, b, f)
	n.applyMode(cx, Actor{}, e, b)
	n.publish(e)
}

// punish does what mode F says to the member who flooded.
func (n *Network) punish(by Actor, ch *state.Channel, action string) {
	mask := "*!*@" + by.Identity().Host
	ban := modes.Change{Mode: n.World.Modes.ByLetter(modes.Ban), Add: true}
	switch action {
	case "mute":
		ban.Param = "t:5:m:" + mask
	case "ban":
		ban.Param = "t:60:" + mask
	case "kick":
	default:
		return
	}
	if ban.Param != "" {
		n.ChangeModes(Actor{}, ch, []modes.Change{ban}, true)
	}
	if action != "mute" {
		_ = n.Kick(Actor{}, by.User, ch, "Flooding (channel mode F)", false)
	}
}
