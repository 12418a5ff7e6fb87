package accounts

import (
	"context"
	"errors"
	"net/netip"
	"time"
	"unicode/utf8"

	"github.com/xdg-go/scram"
	"github.com/xdg-go/stringprep"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/casemap"
)

// MaxPassword is the length of the longest password, in bytes.
const MaxPassword = 1024

// A Prover tells who somebody at an address is, who is not logged in by that: see
// Authorise. Failed attempts are limited per account and per address, across
// connections.
type Prover struct {
	s       *Service
	addr    netip.Addr
	linking string // see Linking
}

// Password proves to be the account called name (or that has grouped that nick), if pw
// is its password, or one of its app passwords. If the account has no password here, or
// there is none, the authorities are asked. The errors are ErrCredentials, a
// ThrottledError, ErrBusy and those of Elsewhere.
func (p *Prover) Password(ctx context.Context, name, pw string) (proof Proof, err error) {
	a := p.s.attempt(name, p.addr)
	if err := a.wait(); err != nil {
		return Proof{}, err // without queueing for it
	}
	rec := p.s.index.resolve(name)
	if label := p.s.app(rec, pw); label != "" {
		err := a.judge(func() error { return nil })
		return p.s.proof(rec, App, label), err
	}
	if (rec == nil || rec.Password == "") && len(p.s.options().Authorities) > 0 {
		return p.Elsewhere(ctx, name, pw)
	}
	hash := password.Dummy(p.s.options().Hash)
	if rec != nil && rec.Password != "" {
		hash = rec.Password
	}
	busy := p.s.pool.do(ctx, func() {
		err = a.judge(func() error {
			if !matches(hash, pw) || !plausible(pw) {
				return ErrCredentials
			}
			return nil
		})
	})
	if err = errors.Join(busy, err); err != nil {
		return Proof{}, err
	}
	p.s.upgrade(ctx, rec, pw)
	return p.s.proof(rec, Password, ""), nil
}

// Certificate proves to be the account that a client certificate belongs to, of which
// one digest or both are known; else the error is ErrCredentials. TLS has proved that
// the client has its key.
func (p *Prover) Certificate(ctx context.Context, digests ...string) (Proof, error) {
	for _, d := range digests {
		fp, err := Fingerprint(d)
		if err != nil {
			continue
		}
		if rec := p.s.index.byCert(fp); rec != nil {
			return p.s.proof(rec, External, fp), ctx.Err()
		}
	}
	return Proof{}, ErrCredentials
}

// A Challenge is what a SCRAM-SHA-256 exchange is checked against.
type Challenge struct {
	Credentials scram.StoredCredentials
	attempt     *attempt
	rec         *record // nil if nobody can pass
}

// Challenge begins an exchange for name. If there is no account, or none that SCRAM
// could prove, the challenge looks like another and can never be met.
func (p *Prover) Challenge(ctx context.Context, name string) (*Challenge, error) {
	c := &Challenge{attempt: p.s.attempt(name, p.addr), rec: p.s.index.resolve(name)}
	if err := errors.Join(ctx.Err(), c.attempt.wait()); err != nil {
		return nil, err
	}
	if c.rec == nil || c.rec.Scram == nil {
		c.Credentials, c.rec = p.s.madeUp(name), nil
		return c, nil
	}
	c.Credentials = c.rec.Scram.credentials()
	return c, nil
}

// Meet calls check, which judges the client's answer by the Credentials, and returns
// the proof if it is right. If there have been too many attempts that failed, it
// returns a ThrottledError instead.
func (c *Challenge) Meet(check func() error) (p Proof, err error) {
	err = c.attempt.judge(func() error {
		if err := check(); err != nil {
			return err
		}
		if c.rec == nil {
			return ErrCredentials
		}
		p = c.attempt.s.proof(c.rec, Scram, "")
		return nil
	})
	return p, err
}

// attempted calls check, which judges a proof of being name, and returns its error.
// If there have been too many attempts that failed, it returns a ThrottledError
// instead.
func (p *Prover) attempted(name string, check func() error) error {
	return p.s.attempt(name, p.addr).judge(check)
}

// matches reports whether hash is that of a password. Other servers have hashed what was
// typed.
func matches(hash, pw string) bool {
	if !foreign.Is(hash) {
		return password.Verify(hash, prepare(pw))
	}
	return foreign.Verify(hash, pw) || prepare(pw) != pw && foreign.Verify(hash, prepare(pw))
}

// upgrade replaces a hash that is not as new ones are, and makes what is missing
// for SCRAM, now that the password is known. If that fails, there is a next time.
func (s *Service) upgrade(ctx context.Context, rec *record, pw string) {
	if password.Current(s.options().Hash, rec.Password) && rec.Scram != nil {
		return
	}
	_ = s.setPassword(ctx, rec.Name, pw, rec.Password)
}

// plausible reports whether pw may be a password at all.
func plausible(pw string) bool {
	return pw != "" && len(pw) <= MaxPassword && utf8.ValidString(pw) && prepare(pw) != ""
}

// prepare makes the ways in which devices encode the same password equal (RFC
// 4013, which PLAIN and SCRAM ask for). What it knows nothing of, such as emoji,
// stays as it is.
func prepare(pw string) string {
	if prepared, err := stringprep.SASLprep.Prepare(pw); err == nil {
		return prepared
	}
	return pw
}

// An attempt to prove an identity is counted until it succeeds.
type attempt struct {
	s                        *Service
	rec                      *record // nil if there is no account
	addr                     netip.Addr
	account, address, friend string // keys; without an address, only the first
}

func (s *Service) attempt(name string, addr netip.Addr) *attempt {
	// A name that nobody can have must not cost more memory than another.
	const longest = 128
	a := &attempt{s: s, addr: addr, account: string(s.names.Fold(casemap.Truncate(name, longest)))}
	if a.rec = s.index.resolve(name); a.rec != nil {
		a.account = string(a.rec.Folded)
	}
	if addr.IsValid() {
		a.address = attacker(addr)
		a.friend = a.account + " " + a.address
		if s.friends.has(a.friend) {
			a.account = a.friend
		}
	}
	return a
}

// wait returns a ThrottledError if there have been too many attempts.
func (a *attempt) wait() error {
	o := a.s.options()
	wait := a.s.accounts.wait(a.account, o.PerAccount)
	if a.address != "" {
		wait = max(wait, a.s.addresses.wait(a.address, o.PerAddress))
	}
	return throttled(wait)
}

// judge counts the attempt, unless there have been too many, and takes that back
// if check succeeds.
func (a *attempt) judge(check func() error) error {
	o := a.s.options()
	if a.address != "" {
		if err := throttled(a.s.addresses.take(a.address, o.PerAddress)); err != nil {
			return err
		}
	}
	if err := throttled(a.s.accounts.take(a.account, o.PerAccount)); err != nil {
		a.takeBack(false)
		return err
	}
	err := check()
	switch {
	case errors.Is(err, ErrAuthority): // it is not known to be wrong
		a.takeBack(true)
	case err != nil:
		a.s.noteFailure(a.rec, a.addr)
	default:
		a.takeBack(true)
		if a.address != "" {
			a.s.friends.add(a.friend)
		}
	}
	return err
}

// takeBack does not count the attempt for the address nor, if it was, for the account.
func (a *attempt) takeBack(account bool) {
	o := a.s.options()
	if account {
		a.s.accounts.forget(a.account, o.PerAccount)
	}
	if a.address != "" {
		a.s.addresses.forget(a.address, o.PerAddress)
	}
}

func throttled(wait time.Duration) error {
	if wait > 0 {
		return &ThrottledError{wait}
	}
	return nil
}
