package bearer

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-irc/parley/ircd/accounts"
)

// maxQuestions is how many tokens an issuer is asked about at once.
const maxQuestions = 8

// introspection asks the issuer what a token is.
// https://www.rfc-editor.org/rfc/rfc7662
type introspection struct {
	Issuer
	http  *guarded
	now   func() time.Time
	slots chan struct{}
}

func (i *introspection) claims(ctx context.Context, token string) (claims, error) {
	select {
	case i.slots <- struct{}{}:
		defer func() { <-i.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", accounts.ErrAuthority, ctx.Err())
	}
	c, err := i.ask(ctx, token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", accounts.ErrAuthority, err)
	}
	if active, _ := c["active"].(bool); !active {
		return nil, errToken
	}
	return c, i.judge(c)
}

func (i *introspection) ask(ctx context.Context, token string) (c claims, err error) {
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, i.Introspection, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if i.ClientID != "" {
		// https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
		r.SetBasicAuth(url.QueryEscape(i.ClientID), url.QueryEscape(i.ClientSecret))
	}
	res, err := i.http.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return c, json.NewDecoder(res.Body).Decode(&c)
}

// judge checks what the issuer says of a token that it calls active. Some say of the
// audience only by which client the token is used.
func (i *introspection) judge(c claims) error {
	if client := text(c, "client_id"); c["aud"] == nil && client != "" {
		c["aud"] = client
	}
	rules := []jwt.ParserOption{jwt.WithTimeFunc(i.now), jwt.WithLeeway(leeway), jwt.WithAudience(i.Audience...)}
	if i.URL != "" && c["iss"] != nil {
		rules = append(rules, jwt.WithIssuer(i.URL))
	}
	return jwt.NewValidator(rules...).Validate(c)
}
