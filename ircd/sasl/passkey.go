package sasl

import (
	"context"
	"encoding/json"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/passkey"
)

// Passkey is the mechanism for passkeys, which is one for second factors, too. It is not
// specified; this is how clients that have it speak it.
var Passkey = Table{{"DRAFT-WEBAUTHN-BIO", func(e Env) steps { return &signature{Env: e} }}}

// signature is DRAFT-WEBAUTHN-BIO: {"username"}; then what is to be signed; then the
// signature.
type signature struct {
	Env
	asked *accounts.Signature
}

func (s *signature) step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error) {
	if s.asked != nil {
		answer, err := passkey.ReadSigned(data)
		if err != nil {
			return nil, proof, ErrFailed
		}
		proof, err = s.asked.Meet(ctx, answer)
		return nil, proof, err
	}
	var hello struct {
		Name string `json:"username"`
	}
	first := s.First.Account()
	if err := json.Unmarshal(data, &hello); err != nil && len(data) > 0 || !utf8.ValidString(hello.Name) {
		return nil, proof, ErrFailed
	}
	if first == "" && hello.Name == "" || first != "" && !self(s.Names, hello.Name, first) {
		return nil, proof, ErrFailed
	}
	if s.asked, err = s.Prover.AskPasskey(ctx, hello.Name, s.First); err != nil {
		return nil, proof, err
	}
	challenge, err = json.Marshal(s.asked.Request)
	return challenge, proof, err
}
