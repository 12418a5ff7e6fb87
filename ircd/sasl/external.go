package sasl

import "context"

// external is EXTERNAL (RFC 4422, appendix A): TLS has proved who the client is.
// The message is [authzid].
type external struct{ Env }

func (e external) step(ctx context.Context, data []byte) (challenge []byte, account string, err error) {
	if e.Fingerprint == "" {
		return nil, "", ErrFailed
	}
	account, err = e.Prover.Certificate(ctx, e.Fingerprint)
	if err == nil && !self(e.Names, string(data), account) {
		return nil, "", ErrFailed
	}
	return nil, account, err
}
