package accounts

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/totp"
)

const (
	maxFactors = 10
	maxLabel   = 64 // bytes
)

// AddTOTP adds an authenticator, whose secret somebody has got from package totp and
// shows to have by a code. The errors are ErrCode, ErrLabel, ErrLimit and a
// ThrottledError.
func (s *Service) AddTOTP(ctx context.Context, name, label, secret, code string) (id string, err error) {
	return s.addFactor(ctx, name, TOTP, label, func(rec *record) (x factorSecret, err error) {
		step, ok := totp.Match(secret, code, s.now(), 0)
		if !ok {
			return x, ErrCode
		}
		return factorSecret{Key: secret, Step: step}, nil
	})
}

// AddCertFactor adds a client certificate as a second factor; it does not log in alone.
// The errors are ErrCertificate, ErrExists, ErrLabel and ErrLimit.
func (s *Service) AddCertFactor(ctx context.Context, name, label, fingerprint string) (id string, err error) {
	fp, err := Fingerprint(fingerprint)
	if err != nil {
		return "", err
	}
	return s.addFactor(ctx, name, Certificate, label, func(rec *record) (factorSecret, error) {
		for _, x := range rec.Secrets {
			if x.Fingerprint == fp {
				return x, ErrExists
			}
		}
		return factorSecret{Fingerprint: fp}, nil
	})
}

func (s *Service) addFactor(ctx context.Context, name string, t FactorType, label string, prove func(*record) (factorSecret, error)) (id string, err error) {
	if !validLabel(label) {
		return "", ErrLabel
	}
	id = string(casemap.ASCII.Fold(rand.Text()[:10]))
	err = s.guess(s.names.Fold(name), func() error {
		_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
			if len(rec.Factors) >= maxFactors {
				return ErrLimit
			}
			x, err := prove(rec)
			if err != nil {
				return err
			}
			rec.Factors = append(rec.Factors, Factor{id, t, label, s.now()})
			rec.setSecret(id, x)
			return nil
		})
		return err
	})
	return id, err
}

// validLabel reports whether s can name something of an account.
// https://github.com/ircv3/ircv3-specifications/pull/610
func validLabel(s string) bool {
	return s != "" && len(s) <= maxLabel && s[0] != ':' && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}

// RemoveFactor removes a second factor by its ID. The errors are ErrNoSuch and ErrLast.
func (s *Service) RemoveFactor(ctx context.Context, name, id string) error {
	_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
		i := slices.IndexFunc(rec.Factors, func(f Factor) bool { return f.ID == id })
		switch {
		case i < 0:
			return ErrNoSuch
		case rec.TwoFactor && len(rec.Factors) == 1:
			return ErrLast
		}
		rec.Factors = slices.Delete(rec.Factors, i, i+1)
		delete(rec.Secrets, id)
		return nil
	})
	return err
}

// NeedFactor makes the account need a second factor from now on, and returns the codes
// each of which replaces one once: nobody will see them again. The errors are
// ErrNoFactor and ErrAlready.
func (s *Service) NeedFactor(ctx context.Context, name string) (codes []string, err error) {
	_, err = s.own(ctx, name, func(rec *record, _ *batch) error {
		switch {
		case rec.TwoFactor:
			return ErrAlready
		case len(rec.Factors) == 0:
			return ErrNoFactor
		}
		rec.TwoFactor = true
		codes = s.newRecovery(rec)
		return nil
	})
	return codes, err
}

// RenewRecovery returns new codes in place of those that NeedFactor has returned, to who
// proves a second factor. The errors are ErrNoFactor and those of Prover.Second.
func (s *Service) RenewRecovery(ctx context.Context, name string, a Answer) (codes []string, err error) {
	err = s.withFactor(ctx, name, a, func(rec *record) { codes = s.newRecovery(rec) })
	return codes, err
}

// WaiveFactor lets the account need no second factor any more, if one is proved. The
// factors stay. The errors are ErrAlready and those of Prover.Second.
func (s *Service) WaiveFactor(ctx context.Context, name string, a Answer) error {
	err := s.withFactor(ctx, name, a, func(rec *record) { rec.TwoFactor, rec.Recovery = false, nil })
	if errors.Is(err, ErrNoFactor) {
		return ErrAlready
	}
	return err
}

// withFactor changes an account that needs a second factor, if that is proved.
func (s *Service) withFactor(ctx context.Context, name string, a Answer, f func(*record)) error {
	return s.guess(s.names.Fold(name), func() error {
		_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
			if !rec.TwoFactor {
				return ErrNoFactor
			}
			if !s.answer(rec, Proof{}, a) {
				return ErrCredentials
			}
			f(rec)
			return nil
		})
		return err
	})
}

// DropFactors removes all second factors, for an owner who has lost them, and whom an
// operator believes.
func (s *Service) DropFactors(ctx context.Context, name string) error {
	_, err := s.update(ctx, name, func(rec *record, _ *batch) error {
		if len(rec.Factors) == 0 && !rec.TwoFactor {
			return ErrNoSuch
		}
		rec.TwoFactor, rec.Factors, rec.Secrets, rec.Recovery = false, nil, nil, nil
		return nil
	})
	return err
}
