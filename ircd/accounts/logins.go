package accounts

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// Logins is what is known of how an account was used.
type Logins struct {
	// Recent are the last logins, the latest first.
	Recent []LoginNote `json:"recent,omitempty"`
	// Uses are when certificates and app passwords were used last, by fingerprint and
	// by name.
	Uses map[string]LoginNote `json:"uses,omitempty"`
	// Failed is how many attempts have failed since the last login, and FailedLast the
	// last of them.
	Failed     int       `json:"failed,omitempty"`
	FailedLast LoginNote `json:"failed-last,omitzero"`
	// Seen is when a session of the account was last there.
	Seen time.Time `json:"seen,omitzero"`
}

// A LoginNote is one login, or an attempt.
type LoginNote struct {
	At      time.Time `json:"at"`
	Method  Method    `json:"method,omitempty"`
	By      string    `json:"by,omitempty"` // the fingerprint, or the name of the app password
	Address string    `json:"address,omitempty"`
}

// loginRecord is Logins as it is stored. It is of one account, and not of whoever has the
// name next.
type loginRecord struct {
	ID string `json:"id"`
	Logins
}

var loginSchema = store.Schema[loginRecord]{Name: "logins"}

// notes are what has happened and is not stored yet. Nobody is promised that it is, so
// it is written a few seconds later, for many accounts at once.
type notes struct {
	mu      sync.Mutex // nothing waits under it
	pending map[casemap.Folded]*loginRecord
}

// add calls f with what is not stored yet of an account.
func (n *notes) add(rec *record, f func(*Logins)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	x := n.pending[rec.Folded]
	if x == nil || x.ID != rec.ID {
		x = &loginRecord{ID: rec.ID}
		if n.pending == nil {
			n.pending = map[casemap.Folded]*loginRecord{}
		}
		n.pending[rec.Folded] = x
	}
	f(&x.Logins)
}

func addressOf(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	return addr.Unmap().String()
}

// Note notes a login that Authorise has allowed.
func (s *Service) Note(p Proof, addr netip.Addr) {
	rec := s.proved(p)
	if rec == nil {
		return
	}
	keep := s.options().KeepLogins
	note := LoginNote{s.now(), p.method, p.by, addressOf(addr)}
	s.notes.add(rec, func(l *Logins) {
		l.Seen, l.Failed, l.FailedLast = note.At, -1, LoginNote{}
		if keep < 0 {
			return
		}
		l.Recent = slices.Insert(l.Recent, 0, note)
		l.Recent = l.Recent[:min(len(l.Recent), keep)]
		if p.by != "" {
			if l.Uses == nil {
				l.Uses = map[string]LoginNote{}
			}
			l.Uses[p.by] = note
		}
	})
}

// noteFailure notes that somebody has failed to prove to be the owner of an account.
func (s *Service) noteFailure(rec *record, addr netip.Addr) {
	if rec == nil || s.options().KeepLogins < 0 {
		return
	}
	note := LoginNote{At: s.now(), Address: addressOf(addr)}
	s.notes.add(rec, func(l *Logins) {
		l.FailedLast = note
		l.Failed++
		if l.Failed == 0 { // after a login that is not stored yet
			l.Failed = 1
		}
	})
}

// Seen notes that there is a session of an account.
func (s *Service) Seen(name string) {
	if rec := s.index.resolve(name); rec != nil {
		now := s.now()
		s.notes.add(rec, func(l *Logins) { l.Seen = now })
	}
}

// merge adds what has happened since to what is stored. In what is added, Failed is -1 if
// a login ended the counting.
func (l *Logins) merge(since Logins, keep int) {
	l.Recent = append(slices.Clone(since.Recent), l.Recent...)
	// Another server may have stored later ones.
	slices.SortStableFunc(l.Recent, func(a, b LoginNote) int { return b.At.Compare(a.At) })
	l.Recent = l.Recent[:min(len(l.Recent), max(keep, 0))]
	if len(since.Uses) > 0 {
		l.Uses = maps.Clone(l.Uses)
		if l.Uses == nil {
			l.Uses = map[string]LoginNote{}
		}
		maps.Copy(l.Uses, since.Uses)
	}
	switch {
	case since.Failed < 0 && l.FailedLast.At.After(since.Seen): // of which another server knew first
	case since.Failed < 0:
		l.Failed, l.FailedLast = 0, LoginNote{}
	case len(since.Recent) > 0 && since.Failed > 0:
		l.Failed, l.FailedLast = since.Failed, since.FailedLast
	case since.Failed > 0:
		l.Failed, l.FailedLast = l.Failed+since.Failed, since.FailedLast
	}
	if since.Seen.After(l.Seen) {
		l.Seen = since.Seen
	}
}

// Logins returns what is known of how an account was used.
func (s *Service) Logins(ctx context.Context, name string) (Logins, error) {
	rec := s.index.resolve(name)
	if rec == nil {
		return Logins{}, ErrNotFound
	}
	l, _, err := s.loadLogins(ctx, rec.Folded, rec.ID)
	if err != nil {
		return l.Logins, err
	}
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	if x := s.notes.pending[rec.Folded]; x != nil && x.ID == rec.ID {
		l.merge(x.Logins, s.options().KeepLogins)
	}
	return l.Logins, nil
}

func (s *Service) loadLogins(ctx context.Context, key casemap.Folded, id string) (l loginRecord, rev uint64, err error) {
	l, rev, err = load(ctx, s.store, loginSchema, store.Logins, string(key))
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if l.ID != id {
		l = loginRecord{ID: id}
	}
	return l, rev, err
}

// storeNotes stores what has happened. What cannot be stored is tried again.
func (s *Service) storeNotes(ctx context.Context) {
	s.notes.mu.Lock()
	pending := s.notes.pending
	s.notes.pending = nil
	s.notes.mu.Unlock()
	var wait sync.WaitGroup
	slots := make(chan struct{}, 64) // the store makes them durable together
	for key, x := range pending {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			if err := s.storeNote(ctx, key, x); err != nil && ctx.Err() == nil {
				s.options().Log.Debug("a login is not noted", "error", err)
			}
		})
	}
	wait.Wait()
}

func (s *Service) storeNote(ctx context.Context, key casemap.Folded, x *loginRecord) error {
	return s.retry(ctx, func() (b batch, err error) {
		rec, _, err := s.load(ctx, key)
		if err != nil {
			return b, err
		}
		if rec.ID != x.ID {
			return b, ErrNotFound
		}
		l, rev, err := s.loadLogins(ctx, key, x.ID)
		if err != nil {
			return b, err
		}
		l.merge(x.Logins, s.options().KeepLogins)
		put(&b, loginSchema, store.Logins, string(key), l, rev)
		return b, nil
	})
}
