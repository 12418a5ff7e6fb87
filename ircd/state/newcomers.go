package state

import (
	"time"

	"github.com/parley-irc/parley/ircd/throng"
)

// newcomers are those who come to a channel and are not known: how many join, and what
// they say at first. Counts are this server's own, as those of floods are.
type newcomers struct {
	joins, lines throng.Throng
	// spoke is when newcomers said their first line. Who has talked for a while is one of
	// the channel's people.
	spoke map[string]time.Time
	room  int // how many there may be before those who have left are forgotten
}

const (
	// Calm is how old a channel is when there is somebody in it to be protected: those
	// who make one together are not newcomers to it, and those who connect together are
	// none to each other.
	Calm = time.Minute
	// settled is how long after the first line somebody belongs to the channel.
	settled = 30 * time.Second
	// fewSpoke is how many are remembered without a look at who has left.
	fewSpoke = 64
)

// Guarded reports whether the channel is to be protected from u, who is not known.
func (cx ChannelTx) Guarded(u *User, now time.Time) bool {
	inc := cx.ch.incarnation
	if inc.IsZero() || now.Sub(inc.Time()) < Calm || len(cx.ch.rosterOf) == 0 {
		return false
	}
	m := cx.ch.members[u.uid]
	return m == nil || m.status.Load() == 0
}

// newcomers returns the channel's, made when it is needed first.
func (ch *Channel) theNewcomers() *newcomers {
	if ch.strangers == nil {
		ch.strangers = &newcomers{spoke: map[string]time.Time{}}
	}
	return ch.strangers
}

// NewcomerJoins reports whether a newcomer may join, or knock, as far as others do not
// already. closes means that the channel is closed to them now.
func (cx ChannelTx) NewcomerJoins(u *User, l throng.Limits, now time.Time) (ok, closes bool) {
	if !cx.Guarded(u, now) || cx.View().Invited(u) {
		return true, false
	}
	n := cx.ch.theNewcomers()
	if n.lines.Closed(now) {
		n.lines.Let(u.uid, 1, l, now)
		return false, false
	}
	return n.joins.Let(u.uid, 1, l, now)
}

// NewcomerSpeaks reports whether a newcomer may say something of some weight, or change
// the nick.
func (cx ChannelTx) NewcomerSpeaks(u *User, weight int, l throng.Limits, now time.Time) (ok, closes bool) {
	if !cx.Guarded(u, now) {
		return true, false
	}
	n := cx.ch.theNewcomers()
	first, spoke := n.spoke[u.uid]
	if spoke && now.Sub(first) >= settled {
		return true, false
	}
	if n.joins.Closed(now) {
		n.joins.Let(u.uid, 1, l, now)
		return false, false
	}
	if m := cx.ch.members[u.uid]; m == nil || now.Sub(m.joined.Time()) < l.Window {
		l.Alone = l.Most // who has just come has had no time to think of so much
	}
	ok, closes = n.lines.Let(u.uid, weight, l, now)
	if ok && !spoke {
		cx.ch.heard(u.uid, now)
	}
	return ok, closes
}

// heard remembers when a newcomer said the first line. Whoever has left is forgotten once
// they may be as many as the others: those who come and go neither fill the memory nor make
// newcomers of those who stay.
func (ch *Channel) heard(uid string, now time.Time) {
	n := ch.strangers
	if len(n.spoke) >= max(n.room, fewSpoke) {
		for id := range n.spoke {
			if ch.members[id] == nil {
				delete(n.spoke, id)
			}
		}
		n.room = 2 * len(n.spoke)
	}
	n.spoke[uid] = now
}

// Unsettled reports whether u, who is not known, has not talked here for a while, so that
// the reasons for which u leaves, and whether u is typing, are of no interest.
func (v View) Unsettled(u *User, now time.Time) bool {
	if !ChannelTx(v).Guarded(u, now) {
		return false
	}
	if v.ch.strangers == nil {
		return true
	}
	first, spoke := v.ch.strangers.spoke[u.uid]
	return !spoke || now.Sub(first) < settled
}
