package state

import (
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
)

// This file is all that channel modes permit and forbid to those who are in a
// channel or speak to it; who may join is in mayjoin.go, and who may change a
// mode in maymode.go. Each method answers one question, with nil or with the
// reply that refuses.

// A Speech is what somebody wants a channel to hear, in any command that carries
// a user's words.
type Speech struct {
	Notice bool
	CTCP   bool // other than ACTION
	Text   string
	// Lines are the lines of Text as they were sent, if it is a message.
	Lines []string
	// Words means that the text only comes along with something else: a reason for
	// leaving, or a new nick. External speech is then none of the channel's.
	Words bool
}

// MaySpeak reports whether u may be heard by the channel. opsOnly means that
// only half-operators and above hear it (mode U).
func (v View) MaySpeak(u *User, sp Speech, now time.Time) (opsOnly bool, err error) {
	ch, m := v.ch, v.Member(u)
	refuse := func(why lang.Text) error { return numerics.CannotSend.With(ch.Name()).Because(why) }
	switch {
	case m == nil && ch.Has(modes.NoExternal):
		return false, refuse("Cannot send to channel (+n): join it first")
	case ch.Has(modes.NoCTCP) && sp.CTCP:
		return false, refuse("Cannot send CTCP to channel (+C)")
	case ch.Has(modes.NoNotice) && sp.Notice && !m.AtLeast(modes.HalfOp):
		return false, refuse("Cannot send notices to channel (+T)")
	case m != nil && m.status.Load() != 0:
		return false, nil
	case ch.Has(modes.OpModerated) && !sp.Words:
		return true, nil
	case ch.Has(modes.Moderated):
		err = refuse("Cannot send to channel (+m)")
	case ch.Has(modes.RegisteredToSpeak) && u.Account() == "":
		err = refuse("Cannot send to channel (+M): log in to an account")
	case v.banned(u, now, extban.Mute):
		err = refuse("Cannot send to channel (+b): you are muted")
	case v.banned(u, now, extban.Ban):
		err = refuse("Cannot send to channel (+b): you are banned")
	}
	if err == nil && v.refusesText(u, sp, now) {
		err = refuse("Cannot send to channel (+b): the text is not allowed here")
	}
	return false, err
}

// refusesText reports whether a filter refuses the text or, of several lines, one
// of them: as it was sent, or put together.
func (v View) refusesText(u *User, sp Speech, now time.Time) bool {
	if sp.Text == "" {
		return false
	}
	refused := func(text string) bool { return v.censored(u, text, now) }
	return refused(sp.Text) || len(sp.Lines) > 1 &&
		(slices.ContainsFunc(sp.Lines, refused) || slices.ContainsFunc(strings.Split(sp.Text, "\n"), refused))
}

// banned reports whether a ban that acts on this applies to u, and no exception.
func (v View) banned(u *User, now time.Time, acts extban.Action) bool {
	return v.match(modes.Ban, u, now, acts) != nil && v.match(modes.Exception, u, now, acts, extban.Ban) == nil
}

// BannedSince returns the stamp of the earliest ban by which u would not be heard, zero
// if there is none, or if u would be heard nevertheless.
func (v View) BannedSince(u *User, now time.Time) (at event.Stamp) {
	if m := v.Member(u); m != nil && m.status.Load() != 0 || v.match(modes.Exception, u, now, extban.Ban) != nil {
		return at
	}
	for _, e := range v.ch.lists[modes.Ban] {
		if e.Ban.Action() == extban.Ban && !e.Expired(now) && e.Ban.Match(u) && (at.IsZero() || at.After(e.at)) {
			at = e.at
		}
	}
	return at
}

// match returns the first entry of the list of this letter that has one of the
// actions and matches u, or nil.
func (v View) match(letter byte, u *User, now time.Time, acts ...extban.Action) *Entry {
	for _, e := range v.ch.lists[letter] {
		for _, a := range acts {
			if e.Ban.Action() == a && !e.Expired(now) && e.Ban.Match(u) {
				return e
			}
		}
	}
	return nil
}

// censored reports whether a text filter of the channel (extban T) refuses text.
func (v View) censored(u *User, text string, now time.Time) bool {
	for _, e := range v.ch.lists[modes.Ban] {
		if v.filters(e, u, now) && !e.Ban.Censors() && e.Ban.MatchText(text) {
			return v.match(modes.Exception, u, now, extban.Ban, extban.Text) == nil
		}
	}
	return false
}

// filters reports whether an entry is a text filter that applies to u.
func (v View) filters(e *Entry, u *User, now time.Time) bool {
	return e.Ban.Action() == extban.Text && !e.Expired(now) && e.Ban.Match(u)
}

// Censor returns text without what the channel's filters take out of it.
func (v View) Censor(u *User, text string, now time.Time) string {
	for _, e := range v.ch.lists[modes.Ban] {
		if v.filters(e, u, now) && e.Ban.Censors() && !v.Member(u).AtLeast(modes.Voice) {
			text = e.Ban.Censor(text)
		}
	}
	return text
}

// MayChangeNick reports whether the channel lets its member u change nick.
func (v View) MayChangeNick(u *User, now time.Time) error {
	m := v.Member(u)
	switch {
	case m == nil || m.status.Load() != 0:
		return nil
	case v.ch.Has(modes.NoNickChange):
		return numerics.NoNickChange.With(v.ch.Name())
	case v.banned(u, now, extban.NickChange), v.banned(u, now, extban.Ban), v.banned(u, now, extban.Mute):
		return numerics.BannedNick.With(u.Nick(), v.ch.Name())
	}
	return nil
}

// MaySetTopic reports whether u may change the topic.
func (v View) MaySetTopic(u *User, now time.Time) error {
	switch m := v.Member(u); {
	case m == nil:
		return numerics.NotOnChannel.With(v.ch.Name())
	case v.ch.Has(modes.OpTopic) && !m.AtLeast(modes.HalfOp):
		return numerics.ChanOpNeeded.With(v.ch.Name())
	case m.status.Load() == 0:
		_, err := v.MaySpeak(u, Speech{Words: true}, now)
		return err
	}
	return nil
}

// MayKick reports whether u may remove target from the channel.
func (v View) MayKick(u, target *User) error {
	m, t := v.Member(u), v.Member(target)
	name := v.ch.Name()
	switch {
	case m == nil:
		return numerics.NotOnChannel.With(name)
	case !m.AtLeast(modes.HalfOp):
		return numerics.ChanOpNeeded.With(name)
	case t == nil || !v.Sees(u, t):
		return numerics.NotInChannel.With(target.Nick(), name)
	case t.User != u && (t.Rank() > m.Rank() || !m.AtLeast(modes.Operator) && t.AtLeast(modes.HalfOp)):
		return numerics.ChanOpNeeded.With(name).Because("Their status in the channel is above yours")
	}
	return nil
}

// MayInvite reports whether u may invite target.
func (v View) MayInvite(u, target *User) error {
	m, name := v.Member(u), v.ch.Name()
	switch {
	case m == nil:
		return numerics.NotOnChannel.With(name)
	case v.ch.members[target.uid] != nil:
		return numerics.OnChannel.With(target.Nick(), name)
	case v.ch.Has(modes.NoInvite):
		return numerics.ChanOpNeeded.With(name).Because("Invitations are not allowed here (+V)")
	case v.ch.Has(modes.FreeInvite) || m.AtLeast(modes.HalfOp):
		return nil
	case v.ch.Has(modes.InviteOnly):
		return numerics.ChanOpNeeded.With(name)
	}
	return nil
}

// MayKnock reports whether u may ask to be invited.
func (v View) MayKnock(u *User, now time.Time) error {
	name := v.ch.Name()
	switch {
	case !v.Visible(u):
		return numerics.NoSuchChannel.With(name)
	case v.Member(u) != nil:
		return numerics.KnockOnChan.With(name)
	case v.ch.Has(modes.NoKnock) || v.ch.Has(modes.Private):
		return numerics.CannotSend.With(name).Because("Knocking is not allowed here")
	case v.banned(u, now, extban.Ban), v.banned(u, now, extban.Join), v.banned(u, now, extban.Mute):
		return numerics.CannotSend.With(name).Because("You are banned from this channel")
	case !v.ch.Has(modes.InviteOnly) && v.ch.params[modes.KeyWord] == "" && !v.full():
		return numerics.ChanOpen.With(name)
	}
	return nil
}

// MayReadMeta reports whether u may read the channel's metadata. Those who could
// become members may.
func (v View) MayReadMeta(u *User, now time.Time) bool {
	if v.Member(u) != nil {
		return true
	}
	if !v.Visible(u) || v.ch.Has(modes.Private) {
		return false
	}
	_, err := v.MayJoin(u, "", now)
	return err == nil
}

// MaySetMeta reports whether u may change the channel's metadata.
func (v View) MaySetMeta(u *User) bool { return v.Member(u).AtLeast(modes.Operator) }

// MayRename reports whether u may give the channel another name: an operator or,
// if it is registered, its founder.
func (v View) MayRename(u *User) error {
	m, letter := v.Member(u), byte(modes.Operator)
	if v.ch.Has(modes.Registered) {
		letter = modes.Founder
	}
	switch {
	case m == nil:
		return numerics.NotOnChannel.With(v.ch.Name())
	case !m.AtLeast(letter):
		return numerics.ChanOpNeeded.With(v.ch.Name())
	}
	return nil
}
