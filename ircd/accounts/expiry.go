package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/mail"
)

// MaxVacation is for how long an owner can keep an account from expiring.
const MaxVacation = 2 * 365 * 24 * time.Hour

// warning is how long before an account expires its owner is written to.
const warning = 30 * 24 * time.Hour

// Present makes f say which accounts are in use just now: they are not unused.
func (s *Service) Present(f func() []string) { s.present.Store(&f) }

// Vacation keeps an account from expiring until a time; zero takes it back.
func (s *Service) Vacation(ctx context.Context, name string, until time.Time) error {
	_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
		rec.Away = until.UTC().Round(0)
		return nil
	})
	return err
}

// Last keeps an account from ever expiring, or takes that back.
func (s *Service) Last(ctx context.Context, name string, on bool) error {
	_, err := s.update(ctx, name, func(rec *record, _ *batch) error {
		if rec.Lasting == on {
			return ErrAlready
		}
		rec.Lasting = on
		return nil
	})
	return err
}

// Expiry returns when an account will expire if nobody uses it, zero if it will not.
func (s *Service) Expiry(ctx context.Context, name string) (time.Time, error) {
	rec := s.index.resolve(name)
	if rec == nil {
		return time.Time{}, ErrNotFound
	}
	at, _, err := s.expiry(ctx, rec)
	return at, err
}

// expiry is Expiry, and says since when nobody uses the account, zero if that has never
// been noted.
func (s *Service) expiry(ctx context.Context, rec *record) (at, used time.Time, err error) {
	if !s.expires(rec) {
		return at, used, nil
	}
	l, err := s.Logins(ctx, rec.Name)
	if err != nil {
		return at, used, err
	}
	used = l.Seen
	if len(l.Recent) > 0 {
		used = later(used, l.Recent[0].At)
	}
	if used.IsZero() {
		return at, used, nil
	}
	return later(later(used, rec.Created), rec.Away).Add(s.options().ExpireAfter), used, nil
}

// expires reports whether an account can expire. One that is suspended keeps its names
// from others.
func (s *Service) expires(rec *record) bool {
	return s.options().ExpireAfter > 0 && rec.Verified && !rec.Lasting && rec.Suspended == nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Tend notes which accounts are in use, removes those that nobody has used for too long,
// and writes to the owners of those that come to that soon. It returns the names of
// those that were removed.
func (s *Service) Tend(ctx context.Context) (removed []string, err error) {
	if f := s.present.Load(); f != nil {
		for _, name := range (*f)() {
			s.Seen(name)
		}
	}
	if s.options().ExpireAfter == 0 {
		return nil, nil
	}
	for _, rec := range s.index.all() {
		if !s.expires(rec) || s.now().Sub(rec.Created) < s.options().ExpireAfter-warning {
			continue
		}
		gone, err := s.tend(ctx, rec)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return removed, err
		}
		if gone {
			removed = append(removed, rec.Name)
		}
	}
	return removed, nil
}

func (s *Service) tend(ctx context.Context, rec *record) (gone bool, err error) {
	at, used, err := s.expiry(ctx, rec)
	now := s.now()
	switch {
	case err != nil:
		return false, err
	case used.IsZero(): // the time begins now
		s.Seen(rec.Name)
		return false, nil
	case now.Before(at.Add(-warning)):
		return false, nil
	case s.Mails() && rec.Confirmed && rec.Warned.Before(later(used, rec.Away)):
		return false, s.warn(ctx, rec, later(at, now.Add(warning)))
	case now.Before(at), s.Mails() && rec.Confirmed && now.Sub(rec.Warned) < warning:
		return false, nil
	}
	err = s.remove(ctx, rec.Name, func(latest *record) error {
		if at, _, err := s.expiry(ctx, latest); err != nil || at.IsZero() || s.now().Before(at) {
			return errors.Join(ErrNotFound, err)
		}
		return nil
	}, false)
	return err == nil, err
}

// warn writes to the owner of an account that it will expire, once.
func (s *Service) warn(ctx context.Context, rec *record, at time.Time) error {
	_, err := s.update(ctx, rec.Name, func(latest *record, _ *batch) error {
		if !latest.Warned.Equal(rec.Warned) {
			return ErrNotFound // another server has done it
		}
		latest.Warned = s.now()
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.post(new(mail.Expiring(s.about(rec, rec.Email), at))); err != nil {
		s.options().Log.Warn("an owner is not told that an account will expire", "account", rec.Name, "error", err)
	}
	return nil
}
