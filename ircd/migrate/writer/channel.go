package writer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/modes"
)

// Errors of a channel: why it is not carried over.
var (
	errName      = errors.New("that is not a valid channel name")
	errNobody    = errors.New("it has no founder")
	errFounder   = errors.New("its founder has no account here")
	errImported  = errors.New("it was imported before")
	errForbidden = errors.New("it is somebody's here, and stays so")
)

func (w *writer) writeChannels(ctx context.Context) error {
	all := slices.Clone(w.network.Channels)
	slices.SortStableFunc(all, func(a, b migrate.Channel) int {
		if c := byAge(a.Registered, b.Registered); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	w.begin(all)
	for i := range all {
		ch := &all[i]
		err := w.writeChannel(ctx, ch)
		switch {
		case err == nil, errors.Is(err, errImported):
			w.count(kindChannel, err == nil, err != nil)
		case w.refusedChannel(err):
			w.count(kindChannel, false, false)
			w.note("channel", ch.Name, "%v", err)
		default:
			return err
		}
		if err := w.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) refusedChannel(err error) bool {
	for _, e := range []error{errName, errNobody, errFounder, errForbidden, chanreg.ErrRegistered, chanreg.ErrForbidden, chanreg.ErrLookalike} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// begin finds out since when each channel exists: since its registration, or since the
// first of its members has joined.
func (w *writer) begin(all []migrate.Channel) {
	since := map[casemap.Folded]time.Time{}
	note := func(name string, t time.Time) {
		key := w.names.Fold(name)
		if old, ok := since[key]; !t.IsZero() && (!ok || t.Before(old)) {
			since[key] = t
		}
	}
	for _, ch := range all {
		note(ch.Name, ch.Registered)
	}
	for _, a := range w.network.Accounts {
		if a.Stay == nil {
			continue
		}
		for _, m := range a.Stay.Channels {
			note(m.Channel, m.Joined)
		}
	}
	for key, t := range since {
		w.begun[key] = event.Stamp{Ticks: event.At(t).Ticks, Server: w.SID}
	}
}

// incarnation returns the stamp of a channel's creation.
func (w *writer) incarnation(name string) event.Stamp {
	key := w.names.Fold(name)
	if rec := w.channels.Lookup(name); rec != nil && !rec.Incarnation.IsZero() {
		return rec.Incarnation
	}
	if _, ok := w.begun[key]; !ok {
		w.begun[key] = w.clock.Stamp()
	}
	return w.begun[key]
}

func (w *writer) writeChannel(ctx context.Context, ch *migrate.Channel) error {
	now := w.clock.Now()
	switch old := w.channels.Lookup(ch.Name); {
	case !w.names.ValidChannel(ch.Name, w.Config.Limits.ChannelLength):
		return errName
	case ch.Forbidden != nil:
		return w.forbid(ctx, ch, old)
	case w.channels.Lookalike(ch.Name) != nil:
		return fmt.Errorf("%w: %s", chanreg.ErrLookalike, w.channels.Lookalike(ch.Name).Name)
	case w.reserved(ch.Name, now):
		return chanreg.ErrForbidden
	}
	founder := w.account(ch.Founder)
	heir := w.account(ch.Successor)
	if founder == nil && heir != nil {
		w.note("channel", ch.Name, "its founder %s has no account here: its successor %s is founder", ch.Founder, heir.Name)
		founder, heir = heir, nil
	}
	switch {
	case founder == nil && ch.Founder == "":
		return errNobody
	case founder == nil:
		return fmt.Errorf("%w: %s", errFounder, ch.Founder)
	}
	return w.channels.Change(ctx, ch.Name, func(r *chanreg.Record) error {
		switch {
		case r.Registered() && w.names.Equal(r.Founder, founder.Name) && r.Created.Equal(ch.Registered):
			return errImported
		case r.Registered():
			return chanreg.ErrRegistered
		case r.Forbidden != nil:
			return chanreg.ErrForbidden
		}
		*r = w.record(ch, founder, heir)
		return nil
	})
}

// reserved reports whether operators have taken a name from everybody.
func (w *writer) reserved(name string, now time.Time) bool { return w.bans.Reserved(name, now) != nil }

// forbid sees to it that nobody uses a channel, unless it is somebody's.
func (w *writer) forbid(ctx context.Context, ch *migrate.Channel, old *chanreg.Record) error {
	if old.Registered() {
		return errForbidden
	}
	return w.channels.Change(ctx, ch.Name, func(r *chanreg.Record) error {
		if r.Forbidden != nil {
			return errImported
		}
		r.Forbidden = ruling(ch.Forbidden)
		return nil
	})
}

func ruling(d *migrate.Ruling) *chanreg.Ruling {
	if d == nil {
		return nil
	}
	return &chanreg.Ruling{Reason: d.Reason, By: d.By, Since: d.Since, Until: d.Until}
}

// account returns the account that one of the file has become, or nil. One of that name
// that was here before is somebody else's.
func (w *writer) account(name string) *accounts.Account {
	if name == "" {
		return nil
	}
	return w.here[w.names.Fold(name)]
}

func (w *writer) record(ch *migrate.Channel, founder, heir *accounts.Account) chanreg.Record {
	r := chanreg.Record{
		Name: ch.Name, Founder: founder.Name, Owned: ch.Registered, Created: ch.Registered,
		Access: map[string]chanreg.Grant{}, Settings: map[string]string{}, Suspended: ruling(ch.Suspended),
		Incarnation: w.incarnation(ch.Name),
	}
	if r.Owned.IsZero() {
		r.Owned = w.clock.Now()
	}
	if heir != nil && heir != founder {
		r.Successor = heir.Name
	}
	for _, x := range ch.Access {
		w.grant(&r, x)
	}
	for _, k := range ch.Akicks {
		if mask, ok := w.mask("channel", ch.Name, "the automatic kick of", k.Mask); ok {
			r.Akicks = append(r.Akicks, chanreg.Akick{Mask: mask, Reason: k.Reason, By: k.By, Since: k.Since, Until: k.Until})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ch.Settings)) {
		if value, ok := w.setting(name, ch.Settings[name]); ok {
			r.Settings[name] = value
		}
	}
	if lock := w.lock(ch); lock != "" {
		r.Settings["mlock"] = lock
	}
	r.Facts = w.facts(ch, r.Incarnation)
	return r
}

// grant gives an account its access to a channel.
func (w *writer) grant(r *chanreg.Record, x migrate.Access) {
	a := w.account(x.Account)
	if a == nil {
		w.note("channel", r.Name, "without the access of %s, who has no account here", x.Account)
		return
	}
	flags, _ := chanreg.Flags("").Change(x.Flags)
	if flags == "" || w.names.Equal(a.Name, r.Founder) {
		return
	}
	key := w.channels.Key(a.Name)
	if old, ok := r.Access[key]; ok { // several entries of one account are one
		flags, _ = old.Flags.Change("+" + string(flags))
	}
	since := x.Since
	if since.IsZero() {
		since = r.Owned
	}
	r.Access[key] = chanreg.Grant{Account: a.Name, Flags: flags, By: x.By, Since: since}
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

// setting returns the value of a setting of ChanServ, if it can be had here.
func (w *writer) setting(name, value string) (string, bool) {
	switch name {
	case "entrymsg", "desc":
		value = casemap.Truncate(migrate.Text(value), w.Config.Limits.TopicLength)
	case "url":
		good := strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://")
		return value, good && len(value) <= 300 && !strings.ContainsFunc(value, unprintable)
	case "email":
		return value, strings.Count(value, "@") == 1 && len(value) <= 300 && !strings.ContainsFunc(value, unprintable)
	}
	return value, value != ""
}

func unprintable(r rune) bool { return r <= ' ' || r == 0x7F }

// change returns a mode as it is set here. Statuses, lists, and what only the server sets
// are none.
func (w *writer) change(ch *migrate.Channel, m migrate.Mode) (c modes.Change, ok bool) {
	if m.Letter == modes.Registered || m.Letter == modes.Permanent {
		return c, false // every channel that is registered is
	}
	words := []string{"+" + string(rune(m.Letter))}
	if m.Off {
		words[0] = "-" + string(rune(m.Letter))
	}
	if m.Param != "" {
		words = append(words, m.Param)
	}
	changes, problems := modes.Channel().Parse(words, 1)
	if len(changes) != 1 || len(problems) > 0 || changes[0].Kind == modes.Status || changes[0].Kind == modes.List || changes[0].Query || changes[0].Fixed {
		w.note("channel", ch.Name, "without mode %s, which there is not here", strings.Join(words, " "))
		return c, false
	}
	c = changes[0]
	if !m.Off && c.Kind == modes.Key {
		c.Param = casemap.Truncate(c.Param, w.Config.Limits.KeyLength)
	}
	if c.Letter == modes.Forward && !m.Off && !w.names.ValidChannel(c.Param, w.Config.Limits.ChannelLength) {
		return c, false
	}
	return c, true
}

// lock returns the mode lock of a channel as ChanServ keeps it: "+ntk-i key".
func (w *writer) lock(ch *migrate.Channel) string {
	var on, off string
	var params []string
	for _, m := range ch.Lock {
		switch c, ok := w.change(ch, m); {
		case !ok, strings.ContainsRune(on+off, rune(c.Letter)), c.Oper:
		case m.Off:
			off += string(rune(c.Letter))
		default:
			if on += string(rune(c.Letter)); c.Param != "" {
				params = append(params, c.Param)
			}
		}
	}
	if on != "" {
		on = "+" + on
	}
	if off != "" {
		off = "-" + off
	}
	return strings.Join(append(slices.DeleteFunc([]string{on + off}, func(s string) bool { return s == "" }), params...), " ")
}

// facts returns what a channel looks like.
func (w *writer) facts(ch *migrate.Channel, incarnation event.Stamp) (facts []event.Fact) {
	at := incarnation
	add := func(kind event.Kind, a, b, text string) {
		key := event.Key{Kind: kind, Scope: string(w.names.Fold(ch.Name)), Incarnation: incarnation, A: a, B: b}
		if !slices.ContainsFunc(facts, func(f event.Fact) bool { return f.Key == key }) {
			facts = append(facts, event.Fact{Key: key, Value: event.Value{At: at, Text: text}})
		}
	}
	if t := ch.Topic; t.Text != "" {
		text := casemap.Truncate(t.Text, w.Config.Limits.TopicLength)
		add(event.Topic, "", "", event.Pack(event.TopicText{Text: text, Setter: setter(t.By), Set: t.Set}))
	}
	for _, m := range slices.Concat(ch.Modes, ch.Lock) {
		if c, ok := w.change(ch, m); ok && !m.Off {
			add(event.Mode, string(rune(c.Letter)), "", c.Param)
		}
	}
	for _, e := range ch.Lists {
		if mask, ok := w.mask("channel", ch.Name, "the entry "+string(rune(e.Letter)), e.Mask); ok {
			add(event.List, string(rune(e.Letter)), mask, event.Pack(event.Entry{Setter: setter(e.By), Set: e.Set}))
		}
	}
	for key, value := range w.metadata(ch.Metadata) {
		add(event.ChannelMeta, key, "", value)
	}
	return facts
}

// setter returns who has set something as numerics can have it.
func setter(by string) string {
	by = strings.Map(func(r rune) rune {
		if unprintable(r) {
			return -1
		}
		return r
	}, migrate.Printable(by))
	if by == "" || by[0] == ':' {
		return "*"
	}
	return by
}
