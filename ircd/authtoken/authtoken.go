// Package authtoken issues tokens by which services elsewhere know who somebody is, and
// takes them back.
//
// A token is a random word that stands for a record, which any server of the network can
// look up, once: taking the record away is what redeeming it is. So a token that was
// overheard is of no use when the service has had it, nor a minute later, and what it says
// is what is so when the service asks. The store knows tokens only by their hashes.
// https://github.com/ircv3/ircv3-specifications/pull/602
package authtoken

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// A Token is what a token stands for.
type Token struct {
	Service string `json:"service"` // as the configuration has its name
	URL     string `json:"url"`
	// UID is the user who has got it, and Account that user's account by its folded
	// name, or "", which exists since Owner.
	UID     string    `json:"uid"`
	Account string    `json:"account,omitempty"`
	Owner   time.Time `json:"owner,omitzero"`
	Scope   string    `json:"scope,omitempty"` // the channel or nick it is for, or ""
	Expires time.Time `json:"expires"`
}

var schema = store.Schema[Token]{Name: "token"}

// ErrInvalid means that there is no such token: it never was one, or is none any more.
var ErrInvalid = errors.New("the token is not valid")

// An Issuer issues tokens.
type Issuer struct {
	Store store.Store
	Now   func() time.Time
}

// MaxLength is how many bytes a token has at most. Those of a line need no capability.
const MaxLength = 200

// Issue returns a token that stands for t.
func (i *Issuer) Issue(ctx context.Context, t Token) (string, error) {
	secret := make([]byte, 32)
	rand.Read(secret)
	text := base64.RawURLEncoding.EncodeToString(secret)
	value, err := schema.Encode(t)
	if err == nil {
		_, err = i.Store.Put(ctx, store.Tokens, key(text), value, 0)
	}
	if err != nil {
		return "", fmt.Errorf("issue a token: %w", err)
	}
	return text, nil
}

// Redeem returns what a token stands for. It does so once. Who asks for another service
// or address than those it is for has spoilt it.
func (i *Issuer) Redeem(ctx context.Context, text, service, url string) (t Token, err error) {
	if text == "" || len(text) > MaxLength {
		return t, ErrInvalid
	}
	rec, err := i.Store.Get(ctx, store.Tokens, key(text))
	if err == nil {
		err = i.Store.Delete(ctx, store.Tokens, rec.Key, rec.Rev)
	}
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrConflict):
		return t, ErrInvalid
	case err != nil:
		return t, fmt.Errorf("redeem a token: %w", err)
	}
	if t, err = schema.Decode(rec.Value); err != nil {
		return t, err
	}
	if t.Service != service || t.URL != url || !i.Now().Before(t.Expires) {
		return t, ErrInvalid
	}
	return t, nil
}

// Sweep removes the tokens that have expired.
func (i *Issuer) Sweep(ctx context.Context) error {
	var old []store.Record
	err := i.Store.List(ctx, store.Tokens, "", func(r store.Record) bool {
		if t, err := schema.Decode(r.Value); err != nil || !i.Now().Before(t.Expires) {
			old = append(old, r)
		}
		return true
	})
	for _, r := range old {
		if e := i.Store.Delete(ctx, store.Tokens, r.Key, r.Rev); !errors.Is(e, store.ErrNotFound) && !errors.Is(e, store.ErrConflict) {
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		return fmt.Errorf("remove old tokens: %w", err)
	}
	return nil
}

func key(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
