package writer

import (
	"context"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/migrate"
)

func (w *writer) writeBans(ctx context.Context) error {
	for i := range w.network.Bans {
		if err := w.writeBan(ctx, &w.network.Bans[i]); err != nil {
			return err
		}
		if err := w.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writeBan sets a ban, unless there is one on the same. One that is about nearly everybody
// would keep people out who have done nothing: it is left to an operator.
func (w *writer) writeBan(ctx context.Context, b *migrate.Ban) error {
	now := w.clock.Now()
	q, err := bans.Parse(w.names, bans.Action(b.Action), b.Target)
	switch {
	case !b.Until.IsZero() && !now.Before(b.Until):
		return nil // it is over
	case err != nil:
		w.count(kindBan, false, false)
		w.note("ban", b.Target, "%v", err)
		return nil
	case q.Wide():
		w.count(kindBan, false, false)
		w.note("ban", b.Target, "it is about too many; an operator can set it (UBAN)")
		return nil
	}
	if _, ok := w.bans.Lookup(q); ok {
		w.count(kindBan, false, true)
		return nil
	}
	set := b.Set
	if set.IsZero() {
		set = now
	}
	_, err = w.bans.Set(ctx, q, bans.Ban{Reason: b.Reason, Note: b.Notice, By: setter(b.By), Server: w.Config.Server.Name, Until: b.Until}, set)
	w.count(kindBan, err == nil, false)
	return err
}
