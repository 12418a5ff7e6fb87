package network

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/throng"
)

// isNewcomer reports whether by is a user who is not known yet, and newcomers are
// bounded at all.
func (n *Network) isNewcomer(by Actor) bool {
	c := n.Config()
	return n.Hooks.Newcomer != nil && by.User != nil && by.Service == "" && !by.Force &&
		c.Newcomers.Enabled && c.Flood.Enabled && n.Hooks.Newcomer(by.User)
}

// alone is how many times as much a newcomer may say while no other says anything to the
// same: somebody who asks at length is no wave.
const alone = 4

// throngLimits returns how much newcomers may do together of what there may be most of.
func (n *Network) throngLimits(most int) throng.Limits {
	c := n.Config().Newcomers
	return throng.Limits{Most: most, Window: time.Duration(c.Window), Closed: time.Duration(c.Closed)}
}

// speechLimits returns how much newcomers may say.
func (n *Network) speechLimits(most int) throng.Limits {
	l := n.throngLimits(most)
	l.Alone = alone * most
	return l
}

// weigh is how much a message counts: one of several lines is a bit more than one.
func weigh(b event.MessageSent) int { return 1 + (max(len(b.Lines), 1)-1)/10 }

const tooMany = "Too many newcomers at once: log in to an account, or try again in a minute"

// newcomerJoins refuses a newcomer when too many come at once.
func (n *Network) newcomerJoins(cx state.ChannelTx, by Actor, now time.Time) (ok bool) {
	if !n.isNewcomer(by) {
		return true
	}
	ok, closes := cx.NewcomerJoins(by.User, n.throngLimits(n.Config().Newcomers.Joins), now)
	n.closed(cx.Name(), closes)
	return ok
}

// newcomerSpeaks refuses what a newcomer says in a channel.
func (n *Network) newcomerSpeaks(cx state.ChannelTx, by Actor, weight int, now time.Time) (ok bool) {
	if !n.isNewcomer(by) {
		return true
	}
	ok, closes := cx.NewcomerSpeaks(by.User, weight, n.speechLimits(n.Config().Newcomers.Lines), now)
	n.closed(cx.Name(), closes)
	return ok
}

// closed tells operators that something is closed to newcomers.
func (n *Network) closed(name string, closes bool) {
	if closes {
		n.Inform(modes.SnoFloods, "%[1]s is closed to newcomers for a while: too many of them come at once", name)
	}
}

// newcomerSays refuses a message of a newcomer to a channel.
func (n *Network) newcomerSays(cx state.ChannelTx, by Actor, b event.MessageSent, now time.Time) error {
	if !n.isNewcomer(by) || !cx.Guarded(by.User, now) {
		return nil
	}
	if _, typing := b.Typing(); typing {
		if cx.View().Unsettled(by.User, now) {
			return ErrUnheard
		}
		return nil
	}
	if n.strangers.repeats(by, b.Whole(), n.Config().Newcomers.Repeats, now) {
		return numerics.CannotSend.With(b.Target).Because("You have said that already: newcomers can say the same a few times only")
	}
	if !n.newcomerSpeaks(cx, by, weigh(b), now) {
		return numerics.CannotSend.With(b.Target).Because(tooMany)
	}
	return nil
}

// newcomerTells refuses a message or an invitation of a newcomer to a user who has not
// answered.
func (n *Network) newcomerTells(by Actor, target *state.User, weight int, text string) error {
	id := target.Identity()
	if !n.isNewcomer(by) || target == by.User || id.Accepts(by.UID()) {
		return nil
	}
	now, c := n.Clock.Now(), n.Config().Newcomers
	if now.Sub(id.Person.Signon) < state.Calm {
		return nil
	}
	refuse := numerics.TargetTooFast.With(id.Nick)
	if text != "" && n.strangers.repeats(by, text, c.Repeats, now) {
		return refuse.Because("You have said that already: newcomers can say the same a few times only")
	}
	ok, closes, fast := n.strangers.tells(by.UID(), target.UID(), weight, c.Targets, n.speechLimits(c.Private), now)
	n.closed(id.Nick, closes)
	switch {
	case fast:
		return refuse.Because("You write to too many users at once: log in to an account, or wait for an answer")
	case !ok:
		return refuse.Because("This user hears from too many newcomers at once: log in to an account, or try again in a minute")
	}
	return nil
}

// strangers are what newcomers of this server do to users. The zero value is ready.
type strangers struct {
	mu   sync.Mutex
	seed maphash.Seed
	by   fading[string, *stranger]      // by the UID of the newcomer
	to   fading[string, *throng.Throng] // by the UID of who hears from them
	// known are who has answered a newcomer, and when, by the UID of the newcomer.
	known fading[string, map[string]time.Time]
}

// A stranger is what one newcomer has done in this minute.
type stranger struct {
	targets []string
	said    map[uint64]int // how often, by a sum of the text
}

const (
	// strangerSpan is how long is remembered what a newcomer has done.
	strangerSpan = time.Minute
	// fewTargets is to how many somebody writes at length; who writes to more has the
	// same to say to all of them.
	fewTargets = 2
	// answered is how long an answer counts.
	answered = time.Hour
	// shortest is how long a text is that nobody says again and again by chance.
	shortest = 16
	// maxSaid bounds the texts of one newcomer.
	maxSaid = 64
	// maxKnown bounds those who have answered one newcomer.
	maxKnown = 1024
)

// of returns what a newcomer has done. The caller holds the lock.
func (s *strangers) of(uid string, now time.Time) *stranger {
	x, ok := s.by.get(uid, now)
	if !ok {
		x = new(stranger)
		s.by.put(uid, x, now.Add(strangerSpan), now)
	}
	return x
}

// repeats counts a text, and reports whether it was said too often.
func (s *strangers) repeats(by Actor, text string, most int, now time.Time) bool {
	if len(text) < shortest {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seed == (maphash.Seed{}) {
		s.seed = maphash.MakeSeed()
	}
	x := s.of(by.UID(), now)
	if x.said == nil || len(x.said) >= maxSaid {
		x.said = map[uint64]int{}
	}
	sum := maphash.String(s.seed, text)
	x.said[sum]++
	return x.said[sum] > most
}

// tells counts what a newcomer says to a user. fast means that it says something to too
// many.
func (s *strangers) tells(by, to string, weight, targets int, l throng.Limits, now time.Time) (ok, closes, fast bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	friends, _ := s.known.get(by, now)
	if at, talks := friends[to]; talks && now.Sub(at) < answered {
		return true, false, false
	}
	x := s.of(by, now)
	if !slices.Contains(x.targets, to) {
		if len(x.targets) >= targets {
			return false, false, true
		}
		x.targets = append(x.targets, to)
	}
	c, found := s.to.get(to, now)
	if !found {
		c = new(throng.Throng)
	}
	if len(x.targets) > fewTargets {
		l.Alone = l.Most
	}
	ok, closes = c.Let(by, weight, l, now)
	s.to.put(to, c, c.Over(l), now)
	return ok, closes, false
}

// answer notes that somebody has written to a newcomer, who may go on then.
func (s *strangers) answer(by, newcomer string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	friends, _ := s.known.get(newcomer, now)
	if friends == nil || len(friends) >= maxKnown {
		friends = map[string]time.Time{}
	}
	friends[by] = now
	s.known.put(newcomer, friends, now.Add(answered), now)
}

// forget forgets a newcomer who has left.
func (s *strangers) forget(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.by.drop(uid)
	s.to.drop(uid)
	s.known.drop(uid)
}
