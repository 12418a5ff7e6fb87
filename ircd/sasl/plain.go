package sasl

import (
	"bytes"
	"context"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
)

// plain is PLAIN (RFC 4616): [authzid] NUL authcid NUL password.
type plain struct{ Env }

func (p plain) step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error) {
	part := bytes.Split(data, []byte{0})
	if len(part) != 3 || !utf8.Valid(data) {
		return nil, proof, ErrFailed
	}
	authzid, name, password := p.account(string(part[0])), p.account(string(part[1])), string(part[2])
	if name == "" || password == "" || !self(p.Names, authzid, name) {
		return nil, proof, ErrFailed
	}
	proof, err = p.Prover.Password(ctx, name, password)
	return nil, proof, err
}

// self reports whether authzid names no other account to act for, which nobody may.
func self(m casemap.Mapping, authzid, name string) bool {
	return authzid == "" || m.Equal(authzid, name)
}
