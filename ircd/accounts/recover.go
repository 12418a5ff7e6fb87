package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/mail"
)

// How long codes for another password can be used, and how long somebody whose code
// was right may take to choose one.
const (
	resetWithin    = time.Hour
	recoveryWithin = 5 * time.Minute
	chooseWithin   = 5 * time.Minute
)

// requests limits how often codes are asked for from one address.
var requests = Limit{Burst: 5, Every: 12 * time.Minute}

// request runs f, which mails a code, in the background: neither the answer nor the
// time it takes tells whether there is an account, or an address. The errors are
// ErrNoMail, ErrBusy and a ThrottledError.
func (s *Service) request(p *Prover, f func(ctx context.Context) error) error {
	if !s.Mails() {
		return ErrNoMail
	}
	if p.addr.IsValid() {
		if err := throttled(s.requests.take(attacker(p.addr), requests)); err != nil {
			return err
		}
	}
	select {
	case s.background <- struct{}{}:
	default:
		return ErrBusy
	}
	s.jobs.Go(func() {
		defer func() { <-s.background }()
		ctx, cancel := context.WithTimeout(s.ctx, 30*time.Second)
		defer cancel()
		err := f(ctx)
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrThrottled) {
			s.options().Log.Warn("a code was asked for, but not sent", "error", err)
		}
	})
	return nil
}

// Forgotten mails a code to the owner of an account who has forgotten the password: a
// long one for ResetPassword or, if short, one of six digits for Recover. It is sent
// only to an address that is confirmed.
func (s *Service) Forgotten(p *Prover, name string, short bool) error {
	why, digits, within, write := forReset, 0, resetWithin, mail.Reset
	if short {
		why, digits, within, write = forRecovery, shortDigits, recoveryWithin, mail.Recovery
	}
	return s.request(p, func(ctx context.Context) error {
		var letter *mail.Letter
		_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
			if !rec.Verified || !rec.Confirmed || rec.Elsewhere() || rec.expired(s.now()) {
				return ErrNotFound
			}
			text, until, err := s.issue(rec, why, "", digits, within)
			l := write(s.about(rec, rec.Email), text, until)
			letter = &l
			return err
		})
		if errors.Is(err, ErrSuspended) {
			return nil
		}
		return errors.Join(err, s.postIf(err == nil, letter))
	})
}

// ResetPassword changes the password of who has got the code for it. All sessions
// end, and whatever else could prove the account is removed: who has lost an account
// to somebody has it alone again. The errors are ErrCode, also if there is no such
// account, ErrPassword, and a ThrottledError.
func (s *Service) ResetPassword(ctx context.Context, p *Prover, name, text, pw string) error {
	hash, v, err := s.hash(ctx, pw)
	if err != nil {
		return err
	}
	var rec *record
	err = p.attempted(name, func() error {
		rec, err = s.own(ctx, name, func(rec *record, b *batch) error {
			if _, ok := s.use(rec, forReset, text); !ok {
				return ErrCode
			}
			return errors.Join(rec.choose(hash, v), s.revoke(ctx, rec, b, recovered))
		})
		return unknownIsWrong(err)
	})
	if err == nil {
		s.tellChanged(rec)
	}
	return err
}

// recovered is what the sessions of an account read whose password was changed by a
// code.
const recovered = "The password of this account has been changed"

// Recover proves that who has got a short code may choose another password, by
// ChoosePassword. A code can be tried once, right or wrong. The error is ErrCode, also
// if there is no such account, or a ThrottledError.
func (s *Service) Recover(ctx context.Context, p *Prover, name, text string) (proof Proof, err error) {
	err = p.attempted(name, func() error {
		right := false
		rec, err := s.own(ctx, name, func(rec *record, _ *batch) error {
			if rec.Codes[forRecovery].Sum == nil {
				return ErrCode
			}
			_, right = s.use(rec, forRecovery, text)
			rec.spend(forRecovery)
			if right {
				rec.grant(forRecovery)
			}
			return nil
		})
		if err != nil {
			return unknownIsWrong(err)
		}
		if !right {
			return ErrCode
		}
		proof = s.proof(rec, Recovered, "")
		return nil
	})
	return proof, err
}

// ChoosePassword changes the password of who has recovered an account a moment ago,
// as ResetPassword does. The error is ErrCode if that is not so.
func (s *Service) ChoosePassword(ctx context.Context, p Proof, pw string) error {
	if p.method != Recovered || s.now().Sub(p.at) > chooseWithin {
		return ErrCode
	}
	hash, v, err := s.hash(ctx, pw)
	if err != nil {
		return err
	}
	rec, err := s.own(ctx, p.name, func(rec *record, b *batch) error {
		if !p.of(rec) || !rec.Codes[forRecovery].Granted {
			return ErrCode
		}
		return errors.Join(rec.choose(hash, v), s.revoke(ctx, rec, b, recovered))
	})
	if err == nil {
		s.tellChanged(rec)
	}
	return unknownIsWrong(err)
}

func unknownIsWrong(err error) error {
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrSuspended) {
		return ErrCode
	}
	return err
}

func (s *Service) tellChanged(rec *record) {
	if s.Mails() && rec.Confirmed {
		l := mail.PasswordChanged(s.about(rec, rec.Email))
		_ = s.post(&l) // the change is made, whether or not the owner hears of it
	}
}
