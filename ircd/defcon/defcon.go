// Package defcon keeps how alert a network is: five levels, each of which closes more
// doors than the one before. It is for the bad hours, in which there is no time to
// change a configuration.
//
// The level is a record that the servers of a network share, so that it outlives a
// restart, and that one operator speaks for all.
package defcon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/store"
)

// A Door is something that a level closes.
type Door uint8

// The doors.
const (
	Registrations Door = iota // of accounts and channels
	Strangers                 // what those do who are not logged in: private messages, new channels
	Guests                    // connections of those who do not log in
	Everybody                 // connections of all but those who are exempt
)

// A Row describes a level.
type Row struct {
	Level  int
	Closes []Door
	Help   lang.Text
}

// Normal is the level on ordinary days.
const Normal = 5

var rows = []Row{
	{5, nil, "Nothing is closed: an ordinary day."},
	{4, []Door{Registrations}, "Accounts and channels cannot be registered."},
	{3, []Door{Registrations, Strangers}, "Besides, those who are not logged in cannot send private messages to others, but for operators and those who accept them, nor make channels."},
	{2, []Door{Registrations, Strangers, Guests}, "Besides, one can connect only by logging in to an account."},
	{1, []Door{Registrations, Strangers, Guests, Everybody}, "Besides, nobody can connect but operators with a certificate, this machine, and those who are exempt (UBAN ADD EXEMPT)."},
}

// Levels returns the levels, from the calmest.
func Levels() []Row { return rows }

// Level returns the row of a level, nil if there is none.
func Level(n int) *Row {
	for i := range rows {
		if rows[i].Level == n {
			return &rows[i]
		}
	}
	return nil
}

// A State is which level holds, since when and why.
type State struct {
	Level  int       `json:"level"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by,omitempty"`
	Since  time.Time `json:"since"`
}

var schema = store.Schema[State]{Name: "alertness"}

// key is that of the record, on the shelf of settings.
const key = "defcon"

// A Service is the alertness of a network.
type Service struct {
	store  store.Store
	log    *slog.Logger
	now    atomic.Pointer[State]
	cancel func()
}

// Open returns the alertness that st has.
func Open(ctx context.Context, st store.Store, log *slog.Logger) (*Service, error) {
	s := &Service{store: st, log: log}
	s.now.Store(&State{Level: Normal})
	var err error
	if s.cancel, err = st.Watch(ctx, store.Settings, s.changed); err != nil {
		return nil, fmt.Errorf("open the alertness: %w", err)
	}
	return s, nil
}

func (s *Service) changed(c store.Change) {
	if c.Key != key {
		return
	}
	if c.Deleted {
		s.now.Store(&State{Level: Normal})
		return
	}
	now, err := schema.Decode(c.Value)
	if err != nil || Level(now.Level) == nil {
		s.log.Error("the alertness of the network cannot be read, and stays as it was", "level", now.Level, "error", err)
		return
	}
	s.now.Store(&now)
}

// Close stops following the store.
func (s *Service) Close() { s.cancel() }

// State returns which level holds. A nil Service is always calm.
func (s *Service) State() State {
	if s == nil {
		return State{Level: Normal}
	}
	return *s.now.Load()
}

// Closed reports whether a door is closed now.
func (s *Service) Closed(d Door) bool {
	if s == nil {
		return false
	}
	for _, closed := range Level(s.now.Load().Level).Closes {
		if closed == d {
			return true
		}
	}
	return false
}

// tries is how often a change is tried against others' changes.
const tries = 8

// Set changes the level, on all servers.
func (s *Service) Set(ctx context.Context, next State) error {
	value, err := schema.Encode(next)
	if err != nil {
		return err
	}
	for range tries {
		rev := uint64(0)
		rec, err := s.store.Get(ctx, store.Settings, key)
		switch {
		case err == nil:
			rev = rec.Rev
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		_, err = s.store.Put(ctx, store.Settings, key, value, rev)
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return store.ErrConflict
}
