// Package profiles keeps the metadata of people with their accounts: who sets a display
// name or an avatar has it again the next time, on whatever device.
//
// What people see is the metadata of users, which package network changes. An account's
// is read when somebody logs in to it, and follows what they change; a change is durable
// before its answer.
// https://ircv3.net/specs/extensions/metadata
package profiles

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
)

// A Keeper keeps the metadata of accounts in a store, which several servers may share.
type Keeper struct {
	Store store.Store
	// Owner returns since when there is an account by its folded name; ok is false if
	// nobody may use it. Metadata is of an account, not of the next one of the name.
	Owner func(account string) (since time.Time, ok bool)
}

// ErrNoOwner means that there is no such account.
var ErrNoOwner = errors.New("there is no such account")

// A record is the metadata of an account.
type record struct {
	Owner time.Time         `json:"owner"`
	Notes map[string]string `json:"notes"`
}

var schema = store.Schema[record]{Name: "metadata of an account"}

// Load returns the metadata of an account, by its folded name.
func (k *Keeper) Load(ctx context.Context, account string) (state.Metadata, error) {
	r, _, err := k.load(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("read the metadata of an account: %w", err)
	}
	var all state.Metadata
	for _, key := range slices.Sorted(maps.Keys(r.Notes)) {
		all = append(all, state.Note{Key: key, Value: r.Notes[key]})
	}
	return all, nil
}

func (k *Keeper) load(ctx context.Context, account string) (r record, rev uint64, err error) {
	since, ok := k.Owner(account)
	if !ok {
		return r, 0, ErrNoOwner
	}
	rec, err := k.Store.Get(ctx, store.Profiles, account)
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = nil
	case err == nil:
		r, err = schema.Decode(rec.Value)
	}
	if !r.Owner.Equal(since) {
		r.Notes = nil
	}
	if r.Owner = since; r.Notes == nil {
		r.Notes = map[string]string{}
	}
	return r, rec.Rev, err
}

// Op returns the change that makes these the metadata of an account, by its folded name,
// that there is since then.
func Op(account string, since time.Time, notes map[string]string) (store.Op, error) {
	value, err := schema.Encode(record{since, notes})
	return store.Op{Shelf: store.Profiles, Key: account, Value: value}, err
}

// A Change sets keys, and removes others.
type Change struct {
	Set    state.Metadata
	Remove []string
}

// Save changes the metadata of an account, by its folded name, and returns when that is
// durable. Keys beyond max are not kept: several users of an account could have set
// more together than each may.
func (k *Keeper) Save(ctx context.Context, account string, c Change, max int) error {
	for {
		err := k.save(ctx, account, c, max)
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
}

func (k *Keeper) save(ctx context.Context, account string, c Change, max int) error {
	r, rev, err := k.load(ctx, account)
	if err != nil {
		return fmt.Errorf("keep the metadata of an account: %w", err)
	}
	before := maps.Clone(r.Notes)
	for _, key := range c.Remove {
		delete(r.Notes, key)
	}
	for _, note := range c.Set {
		if _, has := r.Notes[note.Key]; has || len(r.Notes) < max {
			r.Notes[note.Key] = note.Value
		}
	}
	switch {
	case maps.Equal(before, r.Notes):
		return nil
	case len(r.Notes) == 0:
		return k.Store.Delete(ctx, store.Profiles, account, rev)
	}
	value, err := schema.Encode(r)
	if err != nil {
		return err
	}
	_, err = k.Store.Put(ctx, store.Profiles, account, value, rev)
	return err
}
