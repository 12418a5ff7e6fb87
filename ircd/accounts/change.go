package accounts

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/parley-irc/parley/ircd/store"
)

// How many an account may have.
const (
	MaxCerts = 16
	MaxNicks = 16
)

// SetPassword changes the password, which must be plausible (else ErrPassword). An
// account that was made for an identity elsewhere has none here (ErrElsewhere).
func (s *Service) SetPassword(ctx context.Context, name, pw string) error {
	return s.setPassword(ctx, name, pw, "")
}

// ReplacePassword changes the password, and ends all sessions but one: except is how the
// server calls that one, or "".
func (s *Service) ReplacePassword(ctx context.Context, name, pw, except string) error {
	hash, v, err := s.hash(ctx, pw)
	if err != nil {
		return err
	}
	_, err = s.own(ctx, name, func(rec *record, _ *batch) error {
		if err := rec.choose(hash, v); err != nil {
			return err
		}
		rec.Revoked = Revocation{At: s.now(), Except: except, Reason: recovered}
		return nil
	})
	return err
}

// setPassword changes the password; if old is given, only while that is its hash.
func (s *Service) setPassword(ctx context.Context, name, pw, old string) error {
	hash, v, err := s.hash(ctx, pw)
	if err != nil {
		return err
	}
	_, err = s.own(ctx, name, func(rec *record, _ *batch) error {
		if old != "" && rec.Password != old {
			return nil
		}
		return rec.choose(hash, v)
	})
	return err
}

// choose gives the account another password.
func (rec *record) choose(hash string, v *verifier) error {
	if rec.Elsewhere() {
		return ErrElsewhere
	}
	rec.Password, rec.Scram = hash, v
	return nil
}

// Set changes a setting. With value "" the account follows the default again.
func (s *Service) Set(ctx context.Context, name, setting, value string) error {
	_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
		rec.Settings = maps.Clone(rec.Settings)
		if rec.Settings == nil {
			rec.Settings = map[string]string{}
		}
		rec.Settings[setting] = value
		if value == "" {
			delete(rec.Settings, setting)
		}
		return nil
	})
	return err
}

// Allow restricts how one can log in to the account. Without methods, all work.
func (s *Service) Allow(ctx context.Context, name string, methods ...Method) error {
	_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
		rec.Allowed = methods
		return nil
	})
	return err
}

// AddNick makes a nick belong to the account, too. The errors are ErrName, those
// of a name that is taken, and ErrLimit.
func (s *Service) AddNick(ctx context.Context, name, nick string) error {
	switch {
	case !s.names.ValidNick(nick, s.options().MaxName):
		return ErrName
	case s.forbids(nick):
		return ErrReserved
	}
	_, err := s.own(ctx, name, func(rec *record, b *batch) error {
		if len(rec.Nicks) >= MaxNicks {
			return ErrLimit
		}
		skeleton := string(s.names.Skeleton(nick))
		n, _, err := load(ctx, s.store, nickSchema, store.Nicks, skeleton)
		if err == nil {
			c, _ := s.index.claim(n.Nick)
			c.Nick, c.Exact = n.Nick, s.names.Equal(n.Nick, nick)
			if err := s.taken(c); err != nil {
				return err
			}
			return ErrExists // the owner may still come
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		rec.Nicks = append(rec.Nicks, nick)
		put(b, nickSchema, store.Nicks, skeleton, nickRecord{nick, rec.Folded, s.now()}, 0)
		return nil
	})
	return err
}

// RemoveNick takes back AddNick. The error is ErrNoSuch if it was not grouped.
func (s *Service) RemoveNick(ctx context.Context, name, nick string) error {
	_, err := s.own(ctx, name, func(rec *record, b *batch) error {
		if !rec.hasNick(s.names, nick) {
			return ErrNoSuch
		}
		rec.Nicks = slices.DeleteFunc(rec.Nicks, func(n string) bool { return s.names.Equal(n, nick) })
		rec.Formerly = slices.DeleteFunc(rec.Formerly, func(n string) bool { return s.names.Equal(n, nick) })
		return s.dropNick(ctx, b, rec, nick, false)
	})
	return err
}

// dropNick makes a nick nobody's, if it is the account's: everybody may register
// it, or, if it is reserved, nobody.
func (s *Service) dropNick(ctx context.Context, b *batch, rec *record, nick string, reserve bool) error {
	skeleton := string(s.names.Skeleton(nick))
	n, rev, err := load(ctx, s.store, nickSchema, store.Nicks, skeleton)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case n.Account != rec.Folded:
	case reserve:
		put(b, nickSchema, store.Nicks, skeleton, nickRecord{Nick: nick, Since: s.now()}, rev)
	default:
		b.delete(store.Nicks, skeleton, rev)
	}
	return nil
}
