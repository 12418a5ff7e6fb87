package accounts

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"

	"github.com/xdg-go/scram"

	"github.com/parley-irc/parley/ircd/store"
)

// A verifier is what SCRAM-SHA-256 (RFC 7677) needs to know of a password. Who
// steals it can guess the password with it, but not log in.
type verifier struct {
	Salt       []byte `json:"salt"`
	Iterations int    `json:"iterations"`
	StoredKey  []byte `json:"stored-key"`
	ServerKey  []byte `json:"server-key"`
}

const scramSalt = 16 // bytes

func newVerifier(pw string, iterations int) (*verifier, error) {
	salt := make([]byte, scramSalt)
	rand.Read(salt)
	client, err := scram.SHA256.NewClientUnprepped("", prepare(pw), "")
	if err != nil {
		return nil, err
	}
	c, err := client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: string(salt), Iters: iterations})
	if err != nil {
		return nil, err
	}
	return &verifier{salt, iterations, c.StoredKey, c.ServerKey}, nil
}

func (v *verifier) credentials() scram.StoredCredentials {
	return scram.StoredCredentials{
		KeyFactors: scram.KeyFactors{Salt: string(v.Salt), Iters: v.Iterations},
		StoredKey:  v.StoredKey,
		ServerKey:  v.ServerKey,
	}
}

// madeUp returns what a verifier of an account that does not exist might be. It
// is the same whenever somebody asks, as it would be if the account existed.
func (s *Service) madeUp(name string) scram.StoredCredentials {
	derive := func(what string) []byte {
		mac := hmac.New(sha256.New, s.secret)
		mac.Write([]byte(what + " " + string(s.names.Fold(name))))
		return mac.Sum(nil)
	}
	v := verifier{derive("salt")[:scramSalt], s.options().ScramIterations, derive("stored"), derive("server")}
	return v.credentials()
}

// loadSecret returns the network's secret for made-up verifiers, and makes it if
// this is the first start.
func loadSecret(ctx context.Context, st store.Store) ([]byte, error) {
	const key = "scram-secret"
	for {
		r, err := st.Get(ctx, store.Settings, key)
		if err == nil {
			rec, err := secretSchema.Decode(r.Value)
			return rec.Secret, err
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		secret := make([]byte, 32)
		rand.Read(secret)
		value, err := secretSchema.Encode(secretRecord{secret})
		if err != nil {
			return nil, err
		}
		_, err = st.Put(ctx, store.Settings, key, value, 0)
		if err != nil && !errors.Is(err, store.ErrExists) {
			return nil, err
		}
	}
}
