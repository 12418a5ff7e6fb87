// Package alwayson keeps the users who stay while no client of theirs is connected,
// so that they are there again after the server has been restarted.
//
// Nothing tells it of changes. What is known of a user is never modified, only
// replaced, so looking every few seconds whether it is still the same costs next to
// nothing, and nobody can forget to call.
package alwayson

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
)

// How often residents are looked at, and how often also for what changes without
// their doing, such as the topics of their channels.
const (
	every     = 2 * time.Second
	thorough  = 5 * time.Minute
	saveLimit = 5 * time.Second
)

// A Keeper keeps residents in a store. If several servers share the store, each keeps
// those whom it hosts.
type Keeper struct {
	Network *network.Network
	Store   store.Store
	// Wants reports whether the user of an account is to stay.
	Wants func(account string) bool
	Log   *slog.Logger

	known map[string]known // by the key of the record
	full  time.Time
	waits bool // for the store
}

// known is what a record was made from, to find out whether it is out of date.
type known struct {
	user *state.User
	look look
	sum  [sha256.Size]byte
}

// A record is a resident with the account.
type record struct {
	Account string `json:"account"`
	network.Resident
}

var schema = store.Schema[record]{Name: "resident"}

// Op returns the change that keeps a resident, by the account and its folded name.
func Op(account, folded string, r network.Resident) (store.Op, error) {
	value, err := schema.Encode(record{account, r})
	return store.Op{Shelf: store.Residents, Key: folded, Value: value}, err
}

// Restore brings back those who are kept. It must be called once, before clients
// connect and before Run.
func (k *Keeper) Restore(ctx context.Context) error {
	k.known = map[string]known{}
	var unwanted []string
	err := k.Store.List(ctx, store.Residents, "", func(r store.Record) bool {
		rec, err := schema.Decode(r.Value)
		if err != nil {
			k.Log.Error("a resident cannot be read and is not brought back", "key", r.Key, "error", err)
			return true
		}
		if !k.Wants(rec.Account) {
			unwanted = append(unwanted, r.Key)
			return true
		}
		if u := k.Network.Revive(rec.Resident); u != nil {
			k.known[r.Key] = known{u, lookAt(u), sha256.Sum256(r.Value)}
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("restore the residents: %w", err)
	}
	for _, key := range unwanted {
		if err := k.forget(ctx, key); err != nil {
			return fmt.Errorf("restore the residents: %w", err)
		}
	}
	return nil
}

// Run keeps the records up to date until ctx is cancelled. Save must follow.
func (k *Keeper) Run(ctx context.Context) {
	t := time.NewTicker(every)
	defer t.Stop()
	k.full = time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		all := time.Since(k.full) >= thorough
		if all {
			k.full = time.Now()
		}
		if err := k.keep(ctx, all); ctx.Err() == nil {
			k.report(err)
		}
	}
}

// report logs that residents are not kept. That the servers which have to agree cannot be
// reached is said once: they are kept when they can.
func (k *Keeper) report(err error) {
	if is := errors.Is(err, store.ErrUnavailable); is && !k.waits {
		k.Log.Warn("residents are not kept for now", "error", err)
	} else if !is && err != nil {
		k.Log.Error("residents are not kept", "error", err)
	}
	k.waits = errors.Is(err, store.ErrUnavailable)
}

// Save writes all that has changed since, when the server stops.
func (k *Keeper) Save() error {
	ctx, cancel := context.WithTimeout(context.Background(), saveLimit)
	defer cancel()
	return k.keep(ctx, true)
}

// keep writes the records of those who have changed, and removes those of users who
// no longer stay.
func (k *Keeper) keep(ctx context.Context, all bool) (err error) {
	here := map[string]bool{}
	var writes []write
	for _, u := range k.Network.World.Residents() {
		account := u.Account()
		if account == "" {
			continue
		}
		if !k.Wants(account) {
			k.Network.Stay(u, false, "Not always on any more")
			continue
		}
		key := string(k.Network.World.Mapping.Fold(account))
		here[key] = true
		w, e := k.look(key, account, u, all)
		if err = errors.Join(err, e); w.value != nil {
			writes = append(writes, w)
		}
		if len(writes) == store.MaxOps {
			err, writes = errors.Join(err, k.write(ctx, writes)), nil
		}
	}
	if len(writes) > 0 {
		err = errors.Join(err, k.write(ctx, writes))
	}
	for key := range k.known {
		if errors.Is(err, store.ErrUnavailable) {
			break // every attempt takes its time
		}
		if !here[key] {
			err = errors.Join(err, k.forget(ctx, key))
		}
	}
	return err
}

// A write is a record that is to be written.
type write struct {
	key   string
	value []byte
	known known
}

// look returns what is to be written of a user, if that is this server's to write and
// out of date.
func (k *Keeper) look(key, account string, u *state.User, all bool) (w write, err error) {
	old := k.known[key]
	if !k.Network.Hosts(u) {
		return w, nil // another server does it
	}
	now := lookAt(u)
	if old.user == u && now == old.look && !all {
		return w, nil
	}
	r, ok := k.Network.Resident(u)
	if !ok {
		return w, nil
	}
	value, err := schema.Encode(record{account, r})
	if err != nil {
		return w, err
	}
	sum := sha256.Sum256(value)
	if old.user == u && sum == old.sum {
		k.known[key] = known{u, now, sum}
		return w, nil
	}
	return write{key, value, known{u, now, sum}}, nil
}

// write replaces records, whoever has written them, in one commit.
func (k *Keeper) write(ctx context.Context, writes []write) error {
	for {
		ops := make([]store.Op, len(writes))
		for i, w := range writes {
			r, err := k.Store.Get(ctx, store.Residents, w.key)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			ops[i] = store.Op{Shelf: store.Residents, Key: w.key, Value: w.value, Rev: r.Rev}
		}
		_, err := k.Store.Commit(ctx, ops...)
		switch {
		case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrExists):
			continue
		case err != nil:
			return err
		}
		for _, w := range writes {
			k.known[w.key] = w.known
		}
		return nil
	}
}

func (k *Keeper) forget(ctx context.Context, key string) error {
	err := k.Store.Delete(ctx, store.Residents, key, 0)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	delete(k.known, key)
	return nil
}
