package commands

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/profiles"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/state"
)

// metaSet sets or removes a key. In draft/metadata-2 an empty value is a value.
func metaSet(r *dispatch.Request) error {
	t, err := subjectOf(r)
	if err != nil {
		return err
	}
	n := state.Note{Key: r.Param(2), Value: r.Param(3)}
	remove := len(r.Message.Params) < 4 || n.Value == "" && revised(r)
	switch {
	case !validKey(r, n.Key):
		return badKey(r, n.Key)
	case !remove && !validValue(n.Value, r.Server.Config().Metadata.MaxValueBytes):
		return badValue(r, n.Key)
	}
	if r.User != nil && !remove {
		f := r.Server.Network.Screen(r.Actor(), spamfilter.Metadata, "", n.Key+" "+n.Value)
		if f != nil && f.Refuse {
			return metaRefused(r, t, n.Key, network.ErrNoteForbidden)
		}
	}
	err = t.set(r, n, remove)
	if err == nil && t.user != nil {
		err = r.SaveProfile(t.user, profileChange(n, remove))
	}
	if errors.Is(err, network.ErrNoNote) && revised(r) {
		err = nil
	}
	if err != nil {
		return metaRefused(r, t, n.Key, err)
	}
	if remove {
		r.Reply(numerics.KeyNotSet.With(t.name, n.Key))
		return nil
	}
	r.Reply(numerics.KeyValue.With(t.name, n.Key, "*", n.Value))
	return nil
}

func profileChange(n state.Note, remove bool) profiles.Change {
	if remove {
		return profiles.Change{Remove: []string{n.Key}}
	}
	return profiles.Change{Set: state.Metadata{n}}
}

func (t subject) set(r *dispatch.Request, n state.Note, remove bool) error {
	switch net := r.Server.Network; {
	case t.user != nil:
		return net.SetUserNote(r.Actor(), t.user, n, remove)
	case t.ch != nil:
		return net.SetChannelNote(r.Actor(), t.ch, n, remove)
	}
	g := r.Registration
	_, isSet := g.Metadata.Get(n.Key)
	switch {
	case remove && !isSet:
		return network.ErrNoNote
	case remove:
		g.Metadata = g.Metadata.Without(n.Key)
	case !r.Server.Network.NotesFit(g.Metadata.With(n.Key, n.Value), g.Metadata):
		return network.ErrNotesFull
	default:
		g.Metadata = g.Metadata.With(n.Key, n.Value)
	}
	return nil
}

// metaClear removes all keys.
func metaClear(r *dispatch.Request) error {
	t, err := subjectOf(r)
	if err != nil {
		return err
	}
	var notes state.Metadata
	switch {
	case t.user != nil:
		if notes, err = r.Server.Network.ClearUserNotes(r.Actor(), t.user); err == nil {
			err = r.SaveProfile(t.user, profiles.Change{Remove: notes.Keys()})
		}
	case t.ch != nil:
		notes, err = r.Server.Network.ClearChannelNotes(r.Actor(), t.ch)
	default:
		notes, r.Registration.Metadata = r.Registration.Metadata, nil
	}
	if err != nil {
		return metaRefused(r, t, "*", err)
	}
	b := startMeta(r, "metadata", t.name)
	defer b.end()
	for _, n := range notes {
		b.reply(numerics.KeyNotSet.With(t.name, n.Key))
	}
	return nil
}

// metaRefused says why metadata was not changed, in the words of the draft that the
// client speaks.
func metaRefused(r *dispatch.Request, t subject, key string, err error) error {
	var fast network.TooFast
	switch {
	case errors.Is(err, network.ErrNoteForbidden):
		return notAllowed.With(t.name, key)
	case errors.Is(err, network.ErrNoNote):
		return numerics.Fail{Code: "KEY_NOT_SET", Text: "This key is not set"}.With(t.name, key)
	case errors.Is(err, network.ErrNotesFull):
		f := numerics.Fail{Code: "LIMIT_REACHED", Text: "There is no room for more metadata"}
		if revised(r) {
			return f.With("SET", t.name, strconv.Itoa(r.Server.Config().Metadata.MaxKeys))
		}
		return f.With(t.name)
	case errors.As(err, &fast):
		return tooFast(r, t, key, fast.Retry)
	}
	return err
}

// tooFast tells when to try again. draft/metadata-3 repeats the command, so that a
// client need not remember it.
func tooFast(r *dispatch.Request, t subject, key string, wait time.Duration) error {
	seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
	if !revised(r) {
		return numerics.Fail{Code: "RATE_LIMITED", Text: "You make too many changes. Try again later."}.With(t.name, key, seconds)
	}
	args := append([]string{seconds}, r.Message.Params...)
	args[2] = strings.ToUpper(args[2])
	return numerics.NotesTooFast.With(args...)
}

func validValue(v string, max int) bool {
	return len(v) <= max && utf8.ValidString(v) && !strings.ContainsAny(v, "\x00\r\n")
}

func badValue(r *dispatch.Request, key string) error {
	f := numerics.Fail{Code: "VALUE_INVALID", Text: "The value is too long, or not UTF-8"}
	if revised(r) {
		f.Code = "INVALID_VALUE"
		return f.With(key)
	}
	return f
}
