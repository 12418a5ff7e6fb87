package bearer

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-irc/parley/ircd/accounts"
)

// algorithms are those of keys with a public half. With a secret half alone, whoever
// knows the public one could sign.
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

// keySet checks tokens that are signed by one of several keys.
type keySet struct {
	url   string
	rules *jwt.Validator
	keys  oidc.KeySet
	now   func() time.Time
}

func (k keySet) claims(ctx context.Context, token string) (claims, error) {
	tried := &tried{keys: k.keys}
	// The times are for the rules to check, which have a leeway.
	o := &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SupportedSigningAlgs: algorithms, Now: k.now}
	t, err := oidc.NewVerifier(k.url, tried, o).Verify(ctx, token)
	if err != nil {
		return nil, tried.judge(err)
	}
	c := claims{}
	if err := t.Claims(&c); err != nil {
		return nil, err
	}
	return c, k.rules.Validate(c)
}

// tried remembers why keys have not verified a signature, which the library puts into
// words.
type tried struct {
	keys oidc.KeySet
	err  error
}

func (t *tried) VerifySignature(ctx context.Context, token string) (payload []byte, err error) {
	payload, t.err = t.keys.VerifySignature(ctx, token)
	return payload, t.err
}

// judge tells keys that could not be had from a signature that is wrong.
func (t *tried) judge(err error) error {
	var request *url.Error
	switch {
	case errors.Is(t.err, errOften):
		return errToken // the keys are known, and none is its
	case errors.As(t.err, &request), errors.Is(t.err, context.DeadlineExceeded), errors.Is(t.err, accounts.ErrAuthority):
		return fmt.Errorf("%w: %w", accounts.ErrAuthority, t.err)
	}
	return err
}

// remote is the keys that an issuer shows, by an address that it may show, too.
type remote struct {
	Issuer
	http *guarded
	mu   sync.Mutex // held while the address is asked for: others wait for the same
	keys oidc.KeySet
}

func newRemote(i Issuer, g *guarded) *remote {
	r := &remote{Issuer: i, http: g}
	if i.JWKS != "" {
		r.keys = oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), g.client), i.JWKS)
	}
	return r
}

func (r *remote) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	keys, err := r.discovered()
	if err != nil {
		return nil, err
	}
	return keys.VerifySignature(ctx, token)
}

// discovered returns the keys, of which the address is known by then.
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
func (r *remote) discovered() (oidc.KeySet, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys != nil {
		return r.keys, nil
	}
	ctx := oidc.ClientContext(context.Background(), r.http.client)
	p, err := oidc.NewProvider(ctx, r.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", accounts.ErrAuthority, err)
	}
	var found struct {
		JWKS string `json:"jwks_uri"`
	}
	if err := p.Claims(&found); err != nil {
		return nil, fmt.Errorf("%w: %w", accounts.ErrAuthority, err)
	}
	r.keys = oidc.NewRemoteKeySet(ctx, found.JWKS)
	return r.keys, nil
}
