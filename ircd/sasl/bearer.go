package sasl

import (
	"bytes"
	"context"
	"strings"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
)

// Bearer is the mechanisms for tokens of issuers elsewhere. Whoever reads one on its way
// can use it, too.
var Bearer = Table{
	{"OAUTHBEARER", func(e Env) steps { return &oauthBearer{Env: e} }},
	{"IRCV3BEARER", func(e Env) steps { return ircv3Bearer{e} }},
}

// ircv3Bearer is IRCV3BEARER: [authzid] NUL type NUL token.
// https://github.com/ircv3/ircv3-specifications/pull/545
type ircv3Bearer struct{ Env }

func (b ircv3Bearer) step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error) {
	part := bytes.Split(data, []byte{0})
	if len(part) != 3 || !utf8.Valid(data) || len(part[1]) == 0 {
		return nil, proof, ErrFailed
	}
	proof, err = b.token(ctx, string(part[0]), string(part[1]), string(part[2]))
	return nil, proof, err
}

// token proves whose a token is, who must be authzid if that is given.
func (e Env) token(ctx context.Context, authzid, kind, token string) (proof accounts.Proof, err error) {
	proof, err = e.Prover.Token(ctx, kind, token)
	if err == nil && !self(e.Names, e.account(authzid), proof.Account()) {
		return accounts.Proof{}, ErrFailed
	}
	return proof, err
}

// oauthBearer is OAUTHBEARER (RFC 7628). What fails is told to the client, which says that
// it has read it.
type oauthBearer struct {
	Env
	failure error
}

const separator = "\x01"

func (o *oauthBearer) step(ctx context.Context, data []byte) (challenge []byte, proof accounts.Proof, err error) {
	if o.failure != nil {
		return nil, proof, o.failure
	}
	authzid, token, ok := readBearer(string(data))
	if !ok {
		o.failure = ErrFailed
		return []byte(`{"status":"invalid_request"}`), proof, nil
	}
	if proof, err = o.token(ctx, authzid, "", token); err != nil {
		o.failure = err
		return []byte(`{"status":"invalid_token"}`), accounts.Proof{}, nil
	}
	return nil, proof, nil
}

// readBearer reads what a client sends first: a GS2 header and pairs, of which only one
// matters.
// https://www.rfc-editor.org/rfc/rfc7628#section-3.1
func readBearer(s string) (authzid, token string, ok bool) {
	head, pairs, found := strings.Cut(s, separator)
	part := strings.Split(head, ",")
	if !found || !utf8.ValidString(s) || len(part) != 3 || part[0] != "n" && part[0] != "y" || part[2] != "" {
		return "", "", false
	}
	if part[1] != "" {
		if authzid, ok = strings.CutPrefix(part[1], "a="); !ok {
			return "", "", false
		}
		authzid = strings.NewReplacer("=2C", ",", "=3D", "=").Replace(authzid)
	}
	pairs, ok = strings.CutSuffix(pairs, separator+separator)
	if !ok {
		return "", "", false
	}
	for pair := range strings.SplitSeq(pairs, separator) {
		if value, is := strings.CutPrefix(pair, "auth="); is {
			scheme, rest, _ := strings.Cut(value, " ")
			return authzid, rest, casemap.ASCII.Equal(scheme, "bearer") && rest != ""
		}
	}
	return "", "", false
}
