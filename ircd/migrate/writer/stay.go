package writer

import (
	"context"
	"errors"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/alwayson"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
)

func (w *writer) writeStays(ctx context.Context) error {
	for i := range w.network.Accounts {
		a := &w.network.Accounts[i]
		if acc := w.account(a.Name); acc != nil && a.Stay != nil {
			if err := w.writeStay(ctx, acc, a); err != nil {
				return err
			}
		}
		if err := w.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writeStay keeps a user who stays. Whether the server lets that be is asked when it
// starts.
func (w *writer) writeStay(ctx context.Context, acc *accounts.Account, a *migrate.Account) error {
	op, err := alwayson.Op(acc.Name, string(acc.Folded), w.resident(acc, a))
	if err != nil {
		return err
	}
	_, err = w.Store.Put(ctx, op.Shelf, op.Key, op.Value, 0)
	there := errors.Is(err, store.ErrExists)
	if err != nil && !there {
		return err
	}
	w.count(kindStay, !there, there)
	return nil
}

// resident returns a user as if one had connected, joined and disconnected.
func (w *writer) resident(acc *accounts.Account, a *migrate.Account) network.Resident {
	stamp := w.clock.Stamp()
	r := network.Resident{UID: w.SID + stamp.ID()[:13], Active: a.Seen, Seen: a.Seen}
	add := func(kind event.Kind, key, text string) {
		r.Facts = append(r.Facts, event.Fact{Key: event.Key{Kind: kind, Scope: r.UID, A: key}, Value: event.Value{At: stamp, Text: text}})
	}
	realname := casemap.Truncate(a.Stay.Realname, w.Config.Limits.RealnameLength)
	if realname == "" {
		realname = acc.Name
	}
	signon := a.Seen
	if signon.IsZero() {
		signon = w.clock.Now()
	}
	add(event.About, "", event.Pack(event.Person{RealHost: w.Config.Server.Name, Server: w.Config.Server.Name, Signon: signon}))
	add(event.Ident, "", "~u")
	add(event.Host, "", w.Cloak(acc.Name))
	add(event.Realname, "", realname)
	add(event.Nick, "", acc.Name)
	add(event.Account, "", acc.Name)
	for _, letter := range w.userModes(a.Stay.Modes) {
		add(event.UserMode, string(letter), "")
	}
	for key, value := range w.metadata(a.Metadata) {
		add(event.UserMeta, key, value)
	}
	add(event.Presence, state.Everywhere, "") // the last, so that the user appears with all else
	for _, m := range a.Stay.Channels {
		if p, ok := w.place(r.UID, m, stamp); ok {
			r.Places = append(r.Places, p)
		} else {
			w.note("channel", m.Channel, "%s is not in it any more: that is not a valid channel name, or nobody may use it", acc.Name)
		}
	}
	return r
}

// userModes returns the modes that a user can have, and those that all get.
func (w *writer) userModes(letters string) (set string) {
	first, _, _ := strings.Cut(strings.TrimPrefix(w.Config.Users.DefaultModes, "+"), " ")
	table := modes.User()
	for _, letter := range letters + first {
		m := table.ByLetter(byte(min(letter, 127)))
		cloak := letter == modes.Cloaked && !w.Config.Cloak.Enabled
		if m != nil && m.Kind == modes.Flag && !m.Fixed && !m.Oper && !cloak && !strings.ContainsRune(set, letter) {
			set += string(letter)
		}
	}
	return set
}

// place returns the membership of a user in a channel.
func (w *writer) place(uid string, m migrate.Membership, now event.Stamp) (p network.Place, ok bool) {
	rec := w.channels.Lookup(m.Channel)
	if !w.names.ValidChannel(m.Channel, w.Config.Limits.ChannelLength) || rec.Closed(w.clock.Now()) != nil || rec == nil && w.channels.Lookalike(m.Channel) != nil {
		return p, false
	}
	at := now
	if !m.Joined.IsZero() {
		at = event.Stamp{Ticks: event.At(m.Joined).Ticks, Server: w.SID}
	}
	if p.Channel = m.Channel; rec != nil {
		p.Channel = rec.Name
	}
	key := event.Key{Scope: string(w.names.Fold(m.Channel)), Incarnation: w.incarnation(m.Channel), A: uid}
	add := func(kind event.Kind, b string) {
		k := key
		k.Kind, k.B = kind, b
		p.Facts = append(p.Facts, event.Fact{Key: k, Value: event.Value{At: at}})
	}
	add(event.Member, "")
	if rec == nil { // its modes are not known: those of a new channel
		w.newModes(key, func(f event.Fact) { p.Facts = append(p.Facts, f) })
	}
	for _, letter := range m.Status {
		if mode := modes.Channel().ByLetter(byte(min(letter, 127))); mode != nil && mode.Kind == modes.Status {
			add(event.Status, string(letter))
		}
	}
	return p, true
}

// newModes calls add for the modes of a new channel.
func (w *writer) newModes(of event.Key, add func(event.Fact)) {
	changes, _ := modes.Channel().Parse(strings.Fields(w.Config.Channels.DefaultModes), 8)
	for _, c := range changes {
		if c.Add && c.Kind != modes.List && c.Kind != modes.Status {
			k := event.Key{Kind: event.Mode, Scope: of.Scope, Incarnation: of.Incarnation, A: string(rune(c.Letter))}
			add(event.Fact{Key: k, Value: event.Value{At: of.Incarnation, Text: c.Param}})
		}
	}
}
