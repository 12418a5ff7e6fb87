package chanserv

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/mail"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
)

// A registration that nobody uses ends, if the network wants that: its founder is warned
// by a memo and by mail, and has some time to join. Each server looks through all
// channels; which of them does something is decided by the store.

// A day is how exactly it is known when a channel was used: not every join is written.
const day = 24 * time.Hour

// used notes that somebody with access is in a channel. It does not wait.
func (w watch) used(rec *chanreg.Record) {
	if now := w.Now(); now.Sub(rec.Used) >= w.step() || !rec.Warned.IsZero() {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), within)
			defer cancel()
			w.touch(ctx, rec.Name, now)
		}()
	}
}

// step is how long a channel counts as used after it has been.
func (w watch) step() time.Duration {
	if expire := w.Config().Channels.Registration.Expire.Std(); expire > 0 && expire < 10*day {
		return expire / 10
	}
	return day
}

var errKnown = errors.New("this is known already")

func (w watch) touch(ctx context.Context, name string, now time.Time) {
	err := w.Channels.Change(ctx, name, func(rec *chanreg.Record) error {
		if !rec.Registered() || now.Sub(rec.Used) < w.step() && rec.Warned.IsZero() {
			return errKnown
		}
		rec.Used, rec.Warned = now, time.Time{}
		return nil
	})
	if err != nil && !errors.Is(err, errKnown) {
		w.Log.Debug("that a channel is used could not be stored; the next join tries again", "channel", name, "error", err)
	}
}

// expire looks through all channels. It is called now and then, and may wait.
func (w watch) expire(ctx context.Context) {
	c := w.Config().Channels.Registration
	if c.Expire == 0 {
		return
	}
	now := w.Now()
	for _, rec := range w.Channels.All() {
		switch {
		case ctx.Err() != nil:
			return
		case !rec.Registered() || rec.On("noexpire") || rec.Suspended != nil:
		case now.Sub(rec.LastUsed()) < c.Expire.Std()-c.ExpireWarning.Std():
		case w.inUse(rec):
			w.touch(ctx, rec.Name, now)
		case rec.Warned.IsZero():
			w.warn(ctx, rec, now)
		case w.over(rec, now):
			w.end(ctx, rec, now)
		}
	}
}

// inUse reports whether somebody with access is in the channel, and connected.
func (w watch) inUse(rec *chanreg.Record) bool {
	ch := w.Network.World.Channel(rec.Name)
	if ch == nil {
		return false
	}
	for _, m := range members(ch) {
		if flagsOf(w.Server, rec, m.Account()) != "" && len(w.Network.World.ServersOf(m.User)) > 0 {
			return true
		}
	}
	return false
}

// over reports whether the founder has been warned for long enough.
func (w watch) over(rec *chanreg.Record, now time.Time) bool {
	c := w.Config().Channels.Registration
	return !rec.Warned.IsZero() && now.Sub(rec.Warned) >= c.ExpireWarning.Std() && now.Sub(rec.LastUsed()) >= c.Expire.Std()
}

// warn notes that the founder is warned, and does it: one server alone.
func (w watch) warn(ctx context.Context, rec *chanreg.Record, now time.Time) {
	err := w.Channels.Change(ctx, rec.Name, func(rec *chanreg.Record) error {
		if !rec.Registered() || !rec.Warned.IsZero() {
			return errKnown
		}
		rec.Warned = now
		return nil
	})
	a := w.Accounts.Lookup(rec.Founder)
	if err != nil || a == nil {
		return
	}
	at := now.Add(w.Config().Channels.Registration.ExpireWarning.Std())
	if w.Memos != nil {
		text := w.Network.Words("Nobody with access has been in %s for long. Its registration ends on %s unless one of you joins it before.", rec.Name, lang.Date(at))
		m := memos.Memo{From: Service.Nick, At: now, Text: text}
		if err := w.LeaveMemo(ctx, a, m); err != nil {
			w.Log.Debug("the founder of a channel gets no memo", "channel", rec.Name, "error", err)
		}
	}
	_ = w.Accounts.Write(a.Name, func(about mail.About) mail.Letter { return mail.ChannelExpiring(about, rec.Name, at) }) // or there is no address
}

func (w watch) end(ctx context.Context, rec *chanreg.Record, now time.Time) {
	ch := present(w.Server, rec)
	err := w.Channels.DropIf(ctx, rec.Name, ch.Has(modes.Permanent), func(rec *chanreg.Record) bool { return w.over(rec, now) })
	if err != nil {
		return // it is used again, or another server has done it
	}
	w.Network.MarkRegistered(network.Actor{Service: Service.Source()}, ch, false)
	w.Network.Inform(modes.SnoChannels, "The registration of %[1]s ends: nobody has used it", rec.Name)
	w.Log.Info("channel expired", "channel", rec.Name, "account", rec.Founder)
}
