package accounts

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// A Registration is what somebody who registers an account has chosen.
type Registration struct {
	Name     string
	Password string // may be empty if there is a certificate
	Email    string
	Cert     string // the fingerprint of a client certificate, or ""
	// CertOther is its other digest, or "".
	CertOther string
	Verified  bool // needs no confirmation, because an operator asks for it
}

// Register creates an account. With Options.VerifyEmail the account waits: it is not
// usable before Verify is called with the code that is mailed to its address.
//
// The errors are ErrName, ErrPassword, ErrEmail, ErrCertificate, ErrCertTaken,
// ErrExists, ErrConfusable, ErrReserved, ErrBusy and those of the store. If two people
// register the same name, or two that look alike, one succeeds. With ErrMail there is
// an account that waits for a code which was not sent: see Resend.
func (s *Service) Register(ctx context.Context, r Registration) (p Proof, waits bool, err error) {
	if err := s.acceptable(&r); err != nil {
		return Proof{}, false, err
	}
	rec := record{Account: Account{
		Name: r.Name, ID: rand.Text(), Folded: s.names.Fold(r.Name), Email: r.Email,
		Created: s.now(), Verified: r.Verified || !s.options().VerifyEmail,
	}}
	letter, err := s.welcome(&rec)
	if err != nil {
		return Proof{}, false, err
	}
	if r.Cert != "" {
		rec.Certs = []Cert{{Fingerprint: r.Cert, Other: r.CertOther, Added: s.now()}}
	}
	if r.Password != "" {
		if rec.Password, rec.Scram, err = s.hash(ctx, r.Password); err != nil {
			return Proof{}, false, err
		}
	}
	if err := s.retry(ctx, func() (batch, error) { return s.creation(ctx, &rec) }); err != nil {
		return Proof{}, false, err
	}
	return s.proof(&rec, Registered, r.Cert), !rec.Verified, s.post(letter)
}

// acceptable checks what can be checked without hashing and without the store.
func (s *Service) acceptable(r *Registration) (err error) {
	if err := s.acceptableName(r.Name); err != nil {
		return err
	}
	if r.Cert != "" {
		if r.Cert, err = Fingerprint(r.Cert); err != nil {
			return err
		}
	}
	if r.Password == "" && r.Cert == "" || r.Password != "" && !plausible(r.Password) {
		return ErrPassword
	}
	if r.Email == "" && !r.Verified && s.options().VerifyEmail {
		return ErrEmail
	}
	return s.acceptableEmail(r.Email)
}

// acceptableName returns why nobody can register a name now, or nil.
func (s *Service) acceptableName(name string) error {
	switch {
	case !s.names.ValidNick(name, s.options().MaxName):
		return ErrName
	case s.forbids(name):
		return ErrReserved
	}
	if c, ok := s.index.claim(name); ok {
		return s.taken(c)
	}
	return nil
}

// Forbid makes f say which names nobody gets, such as those of services: they would be
// shown beside what the owner says.
func (s *Service) Forbid(f func(name string) bool) { s.forbidden.Store(&f) }

func (s *Service) forbids(name string) bool {
	f := s.forbidden.Load()
	return f != nil && (*f)(name)
}

// taken returns why a name that is claimed cannot be registered, or nil if it can.
func (s *Service) taken(c Claim) error {
	switch {
	case c.Account != nil && c.Account.abandoned(s.now()):
		return nil
	case !c.Exact:
		return fmt.Errorf("%w: %s", ErrConfusable, c.Nick)
	case c.Account == nil:
		return ErrReserved
	}
	return ErrExists
}

// creation returns the changes that create an account, in place of one of the
// same name that nobody has verified in time.
func (s *Service) creation(ctx context.Context, rec *record) (b batch, err error) {
	skeleton := string(s.names.Skeleton(rec.Name))
	n, _, err := load(ctx, s.store, nickSchema, store.Nicks, skeleton)
	switch {
	case err == nil:
		owner, ownerRev, err := s.load(ctx, n.Account)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return b, err
		}
		if err := s.taken(Claim{n.Nick, s.names.Equal(n.Nick, rec.Name), owner.account()}); err != nil {
			return b, err
		}
		if b, err = s.removal(ctx, owner, ownerRev, false); err != nil {
			return b, err
		}
	case !errors.Is(err, store.ErrNotFound):
		return b, err
	}
	put(&b, accountSchema, store.Accounts, string(rec.Folded), *rec, 0)
	put(&b, nickSchema, store.Nicks, skeleton, nickRecord{rec.Name, rec.Folded, rec.Created}, 0)
	for _, c := range rec.Certs {
		putCert(&b, rec, c)
	}
	for _, l := range rec.Links {
		if err := s.putLink(ctx, &b, rec, l); err != nil {
			return b, err
		}
	}
	return b, nil
}

// abandoned reports whether an account was registered by somebody who has not
// verified it in time.
func (a *Account) abandoned(now time.Time) bool { return !a.Verified && a.expired(now) }

// Verify makes an account usable, if code is what was mailed to its owner. The code
// works once. The error is ErrCode, also if there is no such account, or a
// ThrottledError.
func (s *Service) Verify(ctx context.Context, p *Prover, name, code string) (proof Proof, err error) {
	err = p.attempted(name, func() error {
		rec, err := s.update(ctx, name, func(rec *record, _ *batch) error {
			if _, ok := s.use(rec, forWelcome, code); !ok || rec.Verified || rec.abandoned(s.now()) {
				return ErrCode
			}
			rec.Verified, rec.Confirmed, rec.Expires = true, true, time.Time{}
			return nil
		})
		if err == nil {
			proof = s.proof(rec, Registered, "")
		}
		return err
	})
	if errors.Is(err, ErrNotFound) {
		err = ErrCode
	}
	return proof, err
}
