package accounts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/mail"
)

// Mails reports whether mail is sent to the owners of accounts.
func (s *Service) Mails() bool { return s.options().Mail != nil }

// acceptableEmail returns ErrEmail if an address cannot be used, or ErrEmailRefused.
func (s *Service) acceptableEmail(email string) error {
	switch {
	case email == "":
		return nil
	case !mail.Valid(email):
		return ErrEmail
	case s.Mails() && s.options().Mail.Refuses(email):
		return ErrEmailRefused
	}
	return nil
}

// post sends a letter, unless it is nil.
func (s *Service) post(l *mail.Letter) error {
	if l == nil {
		return nil
	}
	if err := s.options().Mail.Send(*l); err != nil {
		return fmt.Errorf("%w: %w", ErrMail, err)
	}
	return nil
}

func (s *Service) about(rec *record, email string) mail.About {
	return mail.About{To: email, Network: s.options().Network, Account: rec.Name}
}

// welcome returns the letter to who registers an account, if there is one to send, and
// notes its code in the record. An account that may be used at once only has its
// address confirmed.
func (s *Service) welcome(rec *record) (*mail.Letter, error) {
	o := s.options()
	if !rec.Verified {
		rec.Expires = s.now().Add(o.VerifyWithin)
	}
	if o.Mail == nil || rec.Email == "" {
		return nil, nil
	}
	why, write := forAddress, mail.Address
	if !rec.Verified {
		why, write = forWelcome, mail.Welcome
	}
	text, until, err := s.issue(rec, why, rec.Email, 0, o.VerifyWithin)
	if err != nil {
		return nil, err
	}
	l := write(s.about(rec, rec.Email), text, until)
	return &l, nil
}

// Resend mails another code to who has registered an account that waits for one. It
// does not tell whether there is such an account, and does not wait for the mail.
func (s *Service) Resend(p *Prover, name string) error {
	return s.request(p, func(ctx context.Context) error {
		var letter *mail.Letter
		_, err := s.update(ctx, name, func(rec *record, _ *batch) (err error) {
			if rec.Verified || rec.abandoned(s.now()) {
				return ErrNotFound
			}
			letter, err = s.welcome(rec)
			return err
		})
		return errors.Join(err, s.postIf(err == nil, letter))
	})
}

func (s *Service) postIf(ok bool, l *mail.Letter) error {
	if !ok {
		return nil
	}
	return s.post(l)
}

// addressWithin is how long a code for another address can be used.
const addressWithin = 24 * time.Hour

// SetEmail changes the address mail is sent to; "" is none. If there is mail, the
// change waits until ConfirmEmail is called with the code that is mailed to the new
// address, unless it is confirmed already. The errors are ErrEmail, ErrMail and
// a ThrottledError.
func (s *Service) SetEmail(ctx context.Context, name, email string) (waits bool, err error) {
	if err := s.acceptableEmail(email); err != nil {
		return false, err
	}
	var letter *mail.Letter
	_, err = s.own(ctx, name, func(rec *record, _ *batch) error {
		letter, waits = nil, false
		if email == "" || !s.Mails() {
			if rec.Email != email {
				letter = s.farewell(rec)
				rec.Email, rec.Confirmed = email, false
			}
			return nil
		}
		if rec.Email == email && rec.Confirmed {
			return nil
		}
		text, until, err := s.issue(rec, forAddress, email, 0, addressWithin)
		if err != nil {
			return err
		}
		l := mail.Address(s.about(rec, email), text, until)
		letter, waits = &l, true
		return nil
	})
	if err != nil {
		return false, err
	}
	return waits, s.post(letter)
}

// ConfirmEmail gives an account the address that code was mailed to. The errors are
// ErrCode and a ThrottledError.
func (s *Service) ConfirmEmail(ctx context.Context, p *Prover, name, text string) error {
	var letter *mail.Letter
	err := p.attempted(name, func() error {
		_, err := s.own(ctx, name, func(rec *record, _ *batch) error {
			c, ok := s.use(rec, forAddress, text)
			if !ok {
				return ErrCode
			}
			if letter = nil; rec.Email != c.Email {
				letter = s.farewell(rec)
			}
			rec.Email, rec.Confirmed = c.Email, true
			return nil
		})
		return err
	})
	if err != nil {
		return err
	}
	_ = s.post(letter) // the change is made, whether or not the old address hears of it
	return nil
}

// farewell returns the letter to an address that the account has no more.
func (s *Service) farewell(rec *record) *mail.Letter {
	if !s.Mails() || rec.Email == "" || !rec.Confirmed {
		return nil
	}
	l := mail.AddressChanged(s.about(rec, rec.Email))
	return &l
}
