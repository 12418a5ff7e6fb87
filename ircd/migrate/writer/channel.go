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
	"github.com/parley-irc/parley/ircd/migrate"
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
	return w.prune(ctx, all)
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
		Incarnation: w.incarnation(ch.Name), Used: w.clock.Now(), // lest it end as one that nobody uses
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
