package accounts

import (
	"context"
	"errors"
	"fmt"
)

// Token proves to be the account of whom a bearer token is of. If the prover is
// Linking, an identity that is new here is tied to that account. The errors are
// ErrCredentials, ErrUnlinked, ErrLinked, those of a name that cannot be registered,
// ErrAuthority and a ThrottledError.
func (p *Prover) Token(ctx context.Context, kind, token string) (proof Proof, err error) {
	tokens := p.s.options().Tokens
	if tokens == nil {
		return proof, ErrCredentials
	}
	err = p.fromAddress(func() error {
		id, rule, err := tokens.Check(ctx, kind, token)
		if err != nil {
			return err
		}
		proof, err = p.admit(ctx, id, rule, Token)
		return err
	})
	return proof, err
}

// TakesTokens reports whether there are issuers whose tokens can prove an account.
func (s *Service) TakesTokens() bool { return s.options().Tokens != nil }

// AsksElsewhere reports whether there are authorities that passwords are shown to.
func (s *Service) AsksElsewhere() bool { return len(s.options().Authorities) > 0 }

// Linking returns a prover that ties an account to whatever identity is proved.
func (p *Prover) Linking(account string) *Prover {
	x := *p
	x.linking = account
	return &x
}

// Elsewhere proves to be the account of whom a name and a password elsewhere are of,
// whatever is called so here. The errors are those of Token.
func (p *Prover) Elsewhere(ctx context.Context, name, pw string) (proof Proof, err error) {
	err = p.attempted(name, func() (err error) {
		proof, err = p.elsewhere(ctx, name, pw)
		return err
	})
	return proof, err
}

// elsewhere asks the authorities about a password. The error is ErrCredentials if none
// of them knows it, or ErrAuthority if one cannot say.
func (p *Prover) elsewhere(ctx context.Context, name, pw string) (proof Proof, err error) {
	if !plausible(pw) {
		return proof, ErrCredentials
	}
	var doubt error
	for _, a := range p.s.options().Authorities {
		id, rule, err := a.Check(ctx, name, pw, p.addr)
		switch {
		case err == nil:
			return p.admit(ctx, id, rule, Password)
		case errors.Is(err, ErrCredentials):
		case errors.Is(err, ErrAuthority):
			doubt = err
		default:
			doubt = fmt.Errorf("%w: %w", ErrAuthority, err)
		}
	}
	if doubt != nil {
		return proof, doubt
	}
	return proof, ErrCredentials
}

func (p *Prover) admit(ctx context.Context, id Identity, rule Rule, m Method) (Proof, error) {
	if p.linking != "" {
		if _, err := p.s.link(ctx, p.linking, id); err != nil {
			return Proof{}, err
		}
	}
	return p.s.admit(ctx, id, rule, m)
}

// fromAddress calls check, which judges a proof that does not say of which account. It
// is counted for the address only, and not if it succeeds or cannot be judged.
func (p *Prover) fromAddress(check func() error) error {
	o, key := p.s.options(), ""
	if p.addr.IsValid() {
		key = attacker(p.addr)
		if err := throttled(p.s.addresses.take(key, o.PerAddress)); err != nil {
			return err
		}
	}
	err := check()
	if key != "" && !errors.Is(err, ErrCredentials) {
		p.s.addresses.forget(key, o.PerAddress)
	}
	return err
}
