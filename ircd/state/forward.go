package state

import "time"

// A forward leads from the old name of a channel to it.
type forward struct {
	ch    *Channel
	until time.Time
}

// maxForwards bounds the old names that are remembered.
const maxForwards = 4096

// Forward lets those who join the channel under an old name find it until then.
func (tx *Tx) Forward(old string, ch *Channel, now, until time.Time) {
	if len(tx.w.forwards) >= maxForwards {
		for key, f := range tx.w.forwards {
			if !now.Before(f.until) {
				delete(tx.w.forwards, key)
			}
		}
	}
	if len(tx.w.forwards) < maxForwards && now.Before(until) {
		tx.w.forwards[tx.w.Mapping.Fold(old)] = forward{ch, until}
	}
}

// Forwarded returns the channel that had this name, or nil.
func (tx *Tx) Forwarded(name string, now time.Time) *Channel {
	key := tx.w.Mapping.Fold(name)
	f, ok := tx.w.forwards[key]
	switch {
	case !ok:
		return nil
	case !now.Before(f.until), tx.w.channels[f.ch.Key()] != f.ch:
		delete(tx.w.forwards, key)
		return nil
	}
	return f.ch
}
