package network

import (
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
)

// skewedEvery is how often operators are told of a server whose clock is wrong.
const skewedEvery = time.Minute

// Apply applies an event of another server, where it has been asked for. It refuses one of
// a time that is yet to come.
func (n *Network) Apply(e *event.Event) (applied bool) {
	defer n.report()
	if !n.Clock.Observe(e.Stamp) {
		n.Log.Warn("event refused: the other server's clock is ahead", "server", e.Server, "time", e.Time())
		if n.skewed.pass(e.Server, skewedEvery, n.Clock.Now()) {
			n.Inform(modes.SnoLinks, "The clock of the server %[1]s is ahead: what happens there is not heard here", e.Server)
		}
		n.peers.doubt.Store(true)
		return false
	}
	if _, ok := e.Body.(event.Moved); ok {
		defer n.shifting.begin()()
	}
	if e = n.follow(e); e == nil { // who is told of it may ask the history at once
		return true
	}
	by := Actor{User: n.World.ByUID(e.UID)}
	if by.User != nil {
		e.Source = by.Source() // as the clients here know the user, who may have lost a nick
	}
	n.apply(by, e)
	return true
}

func (n *Network) apply(by Actor, e *event.Event) {
	switch b := e.Body.(type) {
	case event.MessageSent:
		n.applyMessage(by, e, b)
		return
	case event.Wallops:
		n.applyWallops(e, b)
		return
	case event.Ended:
		n.applyEnded(b)
		return
	case event.Moved:
		n.applyMoved(e, b, false)
		return
	case event.Heard:
		n.applyHeard(e, b)
		return
	case event.Found:
		n.applyFound(e)
		return
	case event.LinkAsked:
		if b.Server != n.Name() { // the others do it, so that they can undo it
			_ = n.applyLinkAsked(b) // it may be one that this server does not know
		}
		return
	case event.Informed:
		n.applyInform(e, b)
		return
	case event.Announced:
		n.applyAnnounce(b)
		return
	case event.Redacted:
		n.applyRedact(by, e, b)
		return
	case event.Edited:
		n.applyEdit(by, e, b)
		return
	case event.MarkedRead:
		n.applyMarked(by, b)
		return
	case event.Forgotten:
		n.applyForgotten(by, e, b)
		return
	}
	if n.isAbout(e, by) {
		n.absorb(e.Facts)
		return
	}
	if ch, ok := n.channelOf(e); ok && n.applyInChannel(by, ch, e) {
		return
	}
	_ = n.World.Update(func(tx *state.Tx) error {
		n.applyToWorld(tx, by, e)
		n.settle(tx)
		n.unite(tx)
		n.conclude(nil)
		return nil
	})
}

// isAbout reports whether e is about users who are not here: they have just left, or are
// out of reach. Nobody can be told a story about them; but what is so of them is.
func (n *Network) isAbout(e *event.Event, by Actor) bool {
	missing := func(uid string) bool { return n.World.ByUID(uid) == nil }
	switch b := e.Body.(type) {
	case event.Connected:
		return false
	case event.Kicked:
		return by.User == nil && e.UID != "" || missing(b.Target)
	case event.Killed:
		return missing(b.Target)
	}
	return by.User == nil && e.UID != ""
}

// channelOf returns the channel that e is about, nil if it does not exist here.
// ok is false if e is about none.
func (n *Network) channelOf(e *event.Event) (ch *state.Channel, ok bool) {
	name := ""
	switch b := e.Body.(type) {
	case event.ModeChanged:
		name = b.Channel
	case event.TopicSet:
		name = b.Channel
	case event.Invited:
		name = b.Channel
	case event.Uninvited:
		name = b.Channel
	case event.Knocked:
		name = b.Channel
	case event.ChannelMetaChanged:
		name = b.Channel
	case event.Revealed:
		name = b.Channel
	default:
		return nil, false
	}
	return n.World.Channel(n.World.Locate(name, e.Facts)), true
}

// raises reports whether e says that another channel lasts that has the same name, as far
// as is known here.
func (n *Network) raises(ch *state.Channel, e *event.Event) bool {
	i := slices.IndexFunc(e.Facts, state.Lasts)
	if i < 0 {
		return false
	}
	var own event.Stamp
	ch.View(func(v state.View) { own = v.Incarnation() })
	return e.Facts[i].Incarnation != own
}

// applyInChannel applies what needs only the channel's lock. It reports false if it is
// more than that: what is so is merged then.
func (n *Network) applyInChannel(by Actor, ch *state.Channel, e *event.Event) bool {
	if ch == nil || n.raises(ch, e) {
		return false
	}
	var invited *state.User // looked up here, because the World's lock comes first
	if b, ok := e.Body.(event.Invited); ok {
		invited = n.World.ByUID(b.Target)
	}
	_ = ch.Update(func(cx state.ChannelTx) error {
		switch b := e.Body.(type) {
		case event.ModeChanged:
			n.applyMode(cx, by, e, b)
		case event.TopicSet:
			n.applyTopic(cx, by, e, b)
		case event.Invited:
			n.applyInvite(cx, by, invited, e, b)
		case event.Uninvited:
			n.applyUninvite(cx, e)
		case event.Knocked:
			n.applyKnock(cx, e, b)
		case event.ChannelMetaChanged:
			n.applyChannelMeta(cx, by, e)
		case event.Revealed:
			n.applyReveal(cx, cx.Member(by.User), e)
		}
		return nil
	})
	return true
}

func (n *Network) applyToWorld(tx *state.Tx, by Actor, e *event.Event) {
	in := func(channel string, f func(cx state.ChannelTx)) {
		ch, _ := tx.Open(tx.Locate(channel, e.Facts))
		_ = ch.Update(func(cx state.ChannelTx) error {
			f(cx)
			tx.Bury(cx) // keeps the facts of one that nobody is in
			return nil
		})
	}
	switch b := e.Body.(type) {
	case event.Connected:
		n.applyConnect(tx, e, b)
	case event.Joined:
		in(b.Channel, func(cx state.ChannelTx) { n.applyJoin(tx, cx, by, e, b) })
	case event.Parted:
		in(b.Channel, func(cx state.ChannelTx) { n.applyPart(tx, cx, by, e, b) })
	case event.Kicked:
		in(b.Channel, func(cx state.ChannelTx) { n.applyKick(tx, cx, by, e, b) })
	case event.NickChanged:
		n.applyNick(tx, by, e)
	case event.Quit:
		n.applyQuit(tx, by, e, b)
	case event.HostChanged:
		n.applyHost(tx, by, e, b)
	case event.RealnameChanged:
		n.applyRealname(tx, by, e, b)
	case event.AccountChanged:
		n.applyAccount(tx, by, e, b)
	case event.AwayChanged:
		n.applyAway(tx, by, e)
	case event.UserModeChanged:
		n.applyUserMode(tx, by, e, b)
	case event.UserMetaChanged:
		n.applyUserMeta(tx, by, e, b)
	case event.Renamed:
		n.applyRename(tx, by, e, b)
	case event.Killed:
		n.applyKill(tx, by, e, b)
	case event.Told:
		n.applyTold(tx, b)
	case event.ModeChanged, event.TopicSet, event.Invited, event.Uninvited, event.Knocked, event.ChannelMetaChanged, event.Revealed:
		n.absorbAll(tx, e.Facts) // nobody is there who could be told of it
	default:
		n.applyUnknown(tx, e)
	}
}

// applyUnknown merges the facts of an event that has no narrative, or one that
// this server does not know.
func (n *Network) applyUnknown(tx *state.Tx, e *event.Event) {
	n.absorbAll(tx, e.Facts)
}
