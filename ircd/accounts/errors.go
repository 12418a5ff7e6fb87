package accounts

import (
	"errors"
	"fmt"
	"time"
)

// Errors of a Service. Other errors are the store's: see store.ErrUnavailable.
var (
	ErrName        = errors.New("that is not a valid account name")
	ErrExists      = errors.New("the name is taken")
	ErrConfusable  = errors.New("the name looks like one that is taken")
	ErrReserved    = errors.New("the name is reserved")
	ErrNotFound    = errors.New("there is no such account")
	ErrPassword    = errors.New("the password is empty, too long, or not UTF-8")
	ErrCertificate = errors.New("that is not a certificate fingerprint")
	ErrCertTaken   = errors.New("the certificate belongs to an account already")
	ErrLimit       = errors.New("the account has as many of these as it may have")
	ErrNoSuch      = errors.New("the account has no such thing")
	ErrCode        = errors.New("the code is wrong or has expired")
	ErrEmail       = errors.New("no mail can be sent to this address")
	ErrMail        = errors.New("the mail could not be sent")
	ErrNoMail      = errors.New("this network sends no mail")

	// ErrCredentials is the answer to a wrong password and to an account that
	// does not exist, which nobody can tell apart.
	ErrCredentials = errors.New("the name or the password is wrong")
	// ErrAuthority means that an authority elsewhere could not be asked, or has not
	// answered.
	ErrAuthority = errors.New("the accounts cannot be checked just now")
	ErrUnlinked  = errors.New("the account of this name is not tied to this identity")
	ErrLinked    = errors.New("this identity is tied to another account")
	ErrElsewhere = errors.New("the password of this account is not kept here")
	ErrThrottled = errors.New("there have been too many failed attempts")
	ErrBusy      = errors.New("too many people are logging in just now")

	ErrUnverified = errors.New("the account has not been verified yet")
	ErrSuspended  = errors.New("the account is suspended")
	ErrExpired    = errors.New("the account has expired")
	ErrMethod     = errors.New("the account does not allow this way to log in")

	// ErrEmailRefused is an ErrEmail: the address would do, but not here.
	ErrEmailRefused = fmt.Errorf("%w: its domain is refused", ErrEmail)
	// ErrSecondFactor means that what was proved is not enough: see Prover.Second.
	ErrSecondFactor = errors.New("the account needs a second factor, too")
	// ErrNoFactor means that it needs one and has none, so that nobody can log in, or
	// that it cannot need one.
	ErrNoFactor   = errors.New("the account has no second factor")
	ErrNoPasskeys = errors.New("this network has no passkeys")
	ErrOnlyWay    = errors.New("nobody could log in to the account any more")
	ErrLast       = errors.New("that is the last second factor of an account that needs one")
	ErrAlready    = errors.New("that is so already")
	ErrLabel      = errors.New("a name has at most 64 bytes, and no spaces")
)

// A ThrottledError says when to try again. It is an ErrThrottled.
type ThrottledError struct{ Wait time.Duration }

// Error implements error.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("%v; try again in %v", ErrThrottled, e.Wait.Round(time.Second))
}

// Is makes the error an ErrThrottled.
func (e *ThrottledError) Is(target error) bool { return target == ErrThrottled }
