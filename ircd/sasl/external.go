package sasl

import (
	"context"

	"github.com/parley-irc/parley/ircd/accounts"
)

// external is EXTERNAL (RFC 4422, appendix A): TLS has proved who the client is.
// The message is [authzid].
type external struct{ Env }

func (e external) step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error) {
	if e.Fingerprint == "" {
		return nil, proof, ErrFailed
	}
	proof, err = e.Prover.Certificate(ctx, e.Fingerprint, e.SHA512)
	if err == nil && !self(e.Names, e.account(string(data)), proof.Account()) {
		return nil, accounts.Proof{}, ErrFailed
	}
	return nil, proof, err
}
