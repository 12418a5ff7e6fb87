package accounts

import (
	"fmt"
	"net/netip"
	"slices"
)

// A Grant is the permission to be an account. Only Authorise gives one: what
// makes a session an account's must ask for a Grant, and use it at once.
type Grant struct {
	account *Account
	method  Method
}

// Account returns the account.
func (g Grant) Account() *Account { return g.account }

// Method returns how the login was proved.
func (g Grant) Method() Method { return g.method }

// Authorise is the only way to an account. It checks that the account exists, is
// verified, is not suspended, has not expired, allows the method, has had its second
// factor proved, and that the server's policy does; the error is that of the first
// check that fails. Then it calls attach, which makes the session the account's.
//
// The account cannot change before attach has returned: who is suspended meanwhile
// is a session that OnChange can end. Therefore attach must not wait, nor use the
// accounts or the store.
func (s *Service) Authorise(p Proof, addr netip.Addr, attach func(Grant)) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	rec := s.proved(p)
	now := s.clock()
	switch {
	case rec == nil:
		return ErrNotFound
	case !rec.Verified:
		return ErrUnverified
	case rec.suspended(now):
		return fmt.Errorf("%w: %s", ErrSuspended, rec.Suspended.Reason)
	case rec.expired(now):
		return ErrExpired
	case !rec.allows(p.method):
		return ErrMethod
	case rec.TwoFactor && !p.complete() && len(rec.Factors) == 0:
		return ErrNoFactor
	case rec.TwoFactor && !p.complete():
		return ErrSecondFactor
	}
	if err := s.options().Policy(&rec.Account, p.method, addr); err != nil {
		return err
	}
	attach(Grant{&rec.Account, p.method})
	return nil
}

// allows reports whether the owner wants to be able to log in by a method. Who has just
// registered the account has chosen the method by that; who only reads the owner's mail
// has to choose a password first.
func (a *Account) allows(m Method) bool {
	switch m {
	case Registered:
		return true
	case Recovered:
		return false
	}
	return len(a.Allowed) == 0 || slices.Contains(a.Allowed, m)
}
