package writer

import (
	"context"
	"slices"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/migrate"
)

// prune takes access from those of channels that could not be carried over after all: who
// registers such a channel one day must not have it.
func (w *writer) prune(ctx context.Context, all []migrate.Channel) error {
	for i := range all {
		for _, x := range all[i].Access {
			if !casemap.IsChannel(x.Account) || w.channels.Lookup(x.Account).Registered() {
				continue
			}
			key := w.channels.Key(x.Account)
			if rec := w.channels.Lookup(all[i].Name); rec == nil || rec.Access[key].Account == "" {
				continue
			}
			w.noteGroup(all[i].Name, x.Account)
			err := w.channels.Change(ctx, all[i].Name, func(r *chanreg.Record) error { delete(r.Access, key); return nil })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) noteGroup(channel, other string) {
	w.note("channel", channel, "without the access of those of %s, which is not registered here", other)
}

// comes reports whether a channel is registered here or, as far as is known before it is
// tried, will be.
func (w *writer) comes(name string) bool {
	return w.channels.Lookup(name).Registered() || slices.ContainsFunc(w.network.Channels, func(ch migrate.Channel) bool {
		return w.names.Equal(ch.Name, name) && ch.Forbidden == nil && (w.account(ch.Founder) != nil || w.account(ch.Successor) != nil)
	})
}

// grant gives an account, or those of another channel, access to a channel.
func (w *writer) grant(r *chanreg.Record, x migrate.Access) {
	flags, _ := chanreg.Flags("").Change(x.Flags)
	a := w.account(x.Account)
	name := x.Account
	switch {
	case casemap.IsChannel(name) && !w.comes(name):
		w.noteGroup(r.Name, name)
		return
	case casemap.IsChannel(name):
	case a == nil:
		w.note("channel", r.Name, "without the access of %s, who has no account here", name)
		return
	default:
		name = a.Name
	}
	if flags == "" || w.names.Equal(name, r.Founder) {
		return
	}
	key := w.channels.Key(name)
	if old, ok := r.Access[key]; ok { // several entries of one account are one
		flags, _ = old.Flags.Change("+" + string(flags))
	}
	since := x.Since
	if since.IsZero() {
		since = r.Owned
	}
	r.Access[key] = chanreg.Grant{Account: name, Flags: flags, By: x.By, Since: since}
}

// mask returns a mask or an extended ban in canonical form.
func (w *writer) mask(kind, name, what, text string) (string, bool) {
	b, err := extban.Parse(w.names, text)
	if err != nil {
		w.note(kind, name, "without %s %s: %v", what, text, err)
		return "", false
	}
	return b.String(), true
}
