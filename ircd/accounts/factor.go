package accounts

import (
	"context"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/passkey"
	"github.com/parley-irc/parley/ircd/totp"
)

// A factorSecret is what a factor is checked with.
type factorSecret struct {
	Key         string       `json:"key,omitempty"`         // of a TOTP
	Step        int64        `json:"step,omitempty"`        // of the last code of it, which counts once
	Fingerprint string       `json:"fingerprint,omitempty"` // of a certificate
	Passkey     *passkey.Key `json:"passkey,omitempty"`
	// SecondOnly means that the passkey does not log in alone any more: the account had
	// to be taken back from somebody, who may have added it.
	SecondOnly bool `json:"second-only,omitempty"`
}

// guesses limits wrong answers to the question for a second factor, which come from
// somebody who knows the password. With three codes of a million that are right at a
// time, a guess is right in a day with a chance of one in a thousand.
var guesses = Limit{Burst: 5, Every: 5 * time.Minute}

// An Answer is a proof of a second factor.
type Answer struct {
	Code        string // of an authenticator, or one that replaces it once
	Fingerprint string // of the certificate of the connection
}

// Second completes a proof by a second factor. The errors are ErrCredentials, also if
// what was proved first is the same, and a ThrottledError.
func (p *Prover) Second(ctx context.Context, first Proof, a Answer) (Proof, error) {
	err := p.s.guess(first.account, func() error {
		_, err := p.s.own(ctx, first.name, func(rec *record, _ *batch) error {
			if !first.of(rec) || !p.s.answer(rec, first, a) {
				return ErrCredentials
			}
			return nil
		})
		return err
	})
	if err != nil {
		return Proof{}, err
	}
	first.second = true
	return first, nil
}

// guess calls check, which judges an answer, unless there have been too many wrong ones.
func (s *Service) guess(account casemap.Folded, check func() error) error {
	key := "second factor " + string(account)
	if err := throttled(s.accounts.take(key, guesses)); err != nil {
		return err
	}
	err := check()
	if err == nil {
		s.accounts.forget(key, guesses)
	}
	return err
}

// answer reports whether an answer is right, and notes in the record what counts once.
func (s *Service) answer(rec *record, first Proof, a Answer) bool {
	if a.Fingerprint != "" {
		return !rec.sameCert(first.by, a.Fingerprint) && slices.ContainsFunc(rec.Factors, func(f Factor) bool {
			return f.Type == Certificate && rec.Secrets[f.ID].Fingerprint == a.Fingerprint
		})
	}
	for _, f := range rec.Factors {
		x := rec.Secrets[f.ID]
		if f.Type != TOTP {
			continue
		}
		if step, ok := totp.Match(x.Key, a.Code, s.now(), x.Step); ok {
			x.Step = step
			rec.setSecret(f.ID, x)
			return true
		}
	}
	return s.useRecovery(rec, a.Code)
}

// sameCert reports whether two fingerprints are of one certificate.
func (rec *record) sameCert(a, b string) bool {
	return a == b || slices.ContainsFunc(rec.Certs, func(c Cert) bool { return c.Is(a) && c.Is(b) })
}

func (rec *record) setSecret(id string, x factorSecret) {
	all := map[string]factorSecret{}
	for _, f := range rec.Factors {
		all[f.ID] = rec.Secrets[f.ID]
	}
	all[id] = x
	rec.Secrets = all
}
