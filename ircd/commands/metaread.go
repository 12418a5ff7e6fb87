package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A metaBatch is a batch of metadata being sent.
// https://ircv3.net/specs/extensions/metadata#batch-types
type metaBatch struct {
	*dispatch.Request
	ref string
}

func startMeta(r *dispatch.Request, kind string, params ...string) metaBatch {
	return metaBatch{r, r.Session.StartBatch(kind, params...)}
}

func (b metaBatch) end() { b.Session.EndBatch(b.ref) }

func (b metaBatch) reply(n numerics.Reply) {
	m := b.Server.Network.Numeric(b.Name(), n)
	b.Session.ReplyInBatch(b.ref, &m)
}

// problem says that a part of the request fails, which draft/metadata-2 has as FAIL.
func (b metaBatch) problem(f numerics.Fail) {
	kind := "FAIL"
	if revised(b.Request) {
		kind = "WARN"
	}
	p := append([]string{"METADATA", f.Code}, f.Context...)
	said := f.Said()
	b.Session.ReplyInBatch(b.ref, &wire.Message{Source: b.Server.Name(), Command: kind, Params: p, Text: &said})
}

func (b metaBatch) value(target string, n state.Note) {
	b.reply(numerics.KeyValue.With(target, n.Key, "*", n.Value))
}

// metaGet answers for every key in turn.
func metaGet(r *dispatch.Request) error {
	t, err := subjectOf(r)
	if err != nil {
		return err
	}
	notes, ok := t.read(r)
	b := startMeta(r, "metadata", t.name)
	defer b.end()
	for _, key := range r.Message.Params[2:] {
		value, isSet := notes.Get(key)
		switch {
		case !validKey(r, key):
			b.problem(badKey(r, key))
		case !ok:
			b.problem(notAllowed.With(t.name, key))
		case isSet:
			b.value(t.name, state.Note{Key: key, Value: value})
		default:
			b.reply(numerics.KeyNotSet.With(t.name, key))
		}
	}
	return nil
}

func metaList(r *dispatch.Request) error {
	t, err := subjectOf(r)
	if err != nil {
		return err
	}
	notes, ok := t.read(r)
	b := startMeta(r, "metadata", t.name)
	defer b.end()
	if !ok {
		b.problem(notAllowed.With(t.name, "*"))
	}
	for _, n := range notes {
		if !r.Session.Wait() {
			break
		}
		b.value(t.name, n)
	}
	return nil
}

func validKey(r *dispatch.Request, key string) bool {
	return state.ValidMetaKey(key, r.Server.Config().Metadata.MaxKeyBytes)
}

var notAllowed = numerics.Fail{Code: "KEY_NO_PERMISSION", Text: "You have no permission for this"}

func badKey(r *dispatch.Request, key string) numerics.Fail {
	f := numerics.Fail{Code: "KEY_INVALID", Text: "This is no valid key"}
	if revised(r) {
		f.Code = "INVALID_KEY"
	}
	return f.With(word(key))
}

// profile are the keys that WHOIS shows: those that say who somebody is.
// https://ircv3.net/registry#user-metadata
var profile = []string{"avatar", "bot", "color", "display-name", "homepage", "pronouns", "status"}

// metaWhois shows a user's profile to clients that know of metadata.
func metaWhois(r *dispatch.Request, u *state.User) {
	if !metaAware(r.Session.Caps()) {
		return
	}
	notes := u.Metadata()
	for _, key := range profile {
		if value, ok := notes.Get(key); ok {
			r.Reply(numerics.WhoisKeyValue.With(u.Nick(), key, "*", value))
		}
	}
}
