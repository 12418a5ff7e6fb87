package sasl

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
)

// Second is the mechanisms by which a client proves a second factor, when Env.First
// says who it is already.
// https://github.com/ircv3/ircv3-specifications/pull/610
var Second = Table{
	{"TOTP", func(e Env) steps { return secondCode{e} }},
	{"EXTERNAL", func(e Env) steps { return secondCert{e} }},
	Passkey[0],
}

// secondCode is TOTP: the message is the code of an authenticator, or one that replaces
// it once.
type secondCode struct{ Env }

func (x secondCode) step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error) {
	const longest = 64
	if len(data) == 0 || len(data) > longest {
		return nil, proof, ErrFailed
	}
	proof, err = x.Prover.Second(ctx, x.First, accounts.Answer{Code: string(data)})
	return nil, proof, err
}

// secondCert is EXTERNAL after another mechanism: TLS has proved who has the certificate.
type secondCert struct{ Env }

func (x secondCert) step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error) {
	if x.Fingerprint == "" || !self(x.Names, string(data), x.First.Account()) {
		return nil, proof, ErrFailed
	}
	proof, err = x.Prover.Second(ctx, x.First, accounts.Answer{Fingerprint: x.Fingerprint})
	return nil, proof, err
}

// And returns the table with the mechanisms of another that it does not have.
func (t Table) And(other Table) Table {
	all := append(Table{}, t...)
	for _, m := range other {
		if _, ok := t.find(m.Name); !ok {
			all = append(all, m)
		}
	}
	return all
}

// Has reports whether there is a mechanism of this name.
func (t Table) Has(name string) bool {
	_, ok := t.find(name)
	return ok
}
