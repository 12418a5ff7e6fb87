// Package markers keeps up to when people have read what, so that their clients know
// it after the server has been restarted.
//
// Clients move their markers with every line that somebody reads. That is far more
// often than is worth an fsync, and nobody minds to read the last second's lines again;
// so what has changed is written a second later, once for each account.
package markers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/store"
)

// How long a change may wait to be written, and how long writing the last ones may
// take when the server stops.
const (
	within    = time.Second
	saveLimit = 5 * time.Second
)

// A Keeper keeps the markers of a network's accounts in a store. Several servers may
// share the store.
type Keeper struct {
	network *network.Network
	store   store.Store
	log     *slog.Logger
	cancel  func()

	mu      sync.Mutex
	changed map[string]bool // identities
	waits   bool            // for the store; only Run uses it
}

// A record is the markers of an account, in milliseconds since 1970.
type record struct {
	Targets map[string]int64 `json:"targets"`
}

var schema = store.Schema[record]{Name: "read markers"}

// Open reads the markers, and looks after those of a network from then on: Run must
// follow, and Close.
func Open(ctx context.Context, n *network.Network, st store.Store, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{network: n, store: st, log: log, changed: map[string]bool{}}
	cancel, err := st.Watch(ctx, store.Markers, k.read)
	if err != nil {
		return nil, fmt.Errorf("open the read markers: %w", err)
	}
	k.cancel = cancel
	n.Markers.Keep = k.touch
	return k, nil
}

// read is told of every record, also of those that this server has written.
func (k *Keeper) read(c store.Change) {
	if c.Deleted {
		k.network.Markers.Forget(c.Key)
		return
	}
	r, err := schema.Decode(c.Value)
	if err != nil {
		k.log.Error("read markers cannot be read", "account", c.Key, "error", err)
		return
	}
	k.network.LoadMarkers(c.Key, r.times())
}

func (r record) times() map[casemap.Folded]time.Time {
	all := make(map[casemap.Folded]time.Time, len(r.Targets))
	for target, ms := range r.Targets {
		all[casemap.Folded(target)] = time.UnixMilli(ms).UTC()
	}
	return all
}

// Op returns the change that makes these the markers of an account, by its folded name.
func Op(account string, markers map[casemap.Folded]time.Time) (store.Op, error) {
	r := record{Targets: make(map[string]int64, len(markers))}
	for target, t := range markers {
		r.Targets[string(target)] = t.UnixMilli()
	}
	value, err := schema.Encode(r)
	return store.Op{Shelf: store.Markers, Key: account, Value: value}, err
}

// touch is told of an identity whose markers have changed. Those of guests are not
// kept.
func (k *Keeper) touch(identity string) {
	if identity == "" || identity[0] == '=' {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.changed[identity] = true
}

// Forget drops the markers of an account that is no more.
func (k *Keeper) Forget(account string) {
	identity := string(k.network.World.Mapping.Fold(account))
	k.network.Markers.Forget(identity)
	k.touch(identity)
}

// Run writes what has changed until ctx is cancelled. Close must follow.
func (k *Keeper) Run(ctx context.Context) {
	t := time.NewTicker(within)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := k.keep(ctx); ctx.Err() == nil {
			k.report(err)
		}
	}
}

// report logs that markers are not kept. That the servers which have to agree cannot be
// reached is said once: they are kept when they can.
func (k *Keeper) report(err error) {
	if is := errors.Is(err, store.ErrUnavailable); is && !k.waits {
		k.log.Warn("read markers are not kept for now", "error", err)
	} else if !is && err != nil {
		k.log.Error("read markers are not kept", "error", err)
	}
	k.waits = errors.Is(err, store.ErrUnavailable)
}

// Close writes what has changed since, when the server stops.
func (k *Keeper) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), saveLimit)
	defer cancel()
	defer k.cancel()
	return k.keep(ctx)
}

// keep writes the markers of those who have changed; what cannot be written is tried
// again.
func (k *Keeper) keep(ctx context.Context) (err error) {
	k.mu.Lock()
	changed := k.changed
	k.changed = map[string]bool{}
	k.mu.Unlock()
	for identity := range changed {
		if errors.Is(err, store.ErrUnavailable) {
			k.touch(identity) // every attempt takes its time
			continue
		}
		if e := k.write(ctx, identity); e != nil {
			k.touch(identity)
			err = errors.Join(err, e)
		}
	}
	return err
}

// write replaces the record of an account. Markers only grow, so what another server
// has written meanwhile is merged.
func (k *Keeper) write(ctx context.Context, identity string) error {
	for {
		old, err := k.store.Get(ctx, store.Markers, identity)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		mine := k.network.Markers.Of(identity)
		if len(mine) == 0 {
			if old.Rev == 0 {
				return nil
			}
			err = k.store.Delete(ctx, store.Markers, identity, old.Rev)
		} else {
			err = k.put(ctx, identity, mine, old)
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
}

func (k *Keeper) put(ctx context.Context, identity string, mine map[casemap.Folded]time.Time, old store.Record) error {
	r := record{Targets: make(map[string]int64, len(mine))}
	if old.Rev != 0 {
		if stored, err := schema.Decode(old.Value); err == nil && stored.Targets != nil {
			r = stored
		}
	}
	for target, t := range mine {
		if ms := t.UnixMilli(); ms > r.Targets[string(target)] {
			r.Targets[string(target)] = ms
		}
	}
	value, err := schema.Encode(r)
	if err != nil {
		return err
	}
	_, err = k.store.Put(ctx, store.Markers, identity, value, old.Rev)
	return err
}
