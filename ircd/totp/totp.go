// Package totp checks the codes of a second factor: six digits that change every 30
// seconds, made from a secret that an authenticator shares.
//
// A code counts once. Whoever has watched it being typed has half a minute, in which
// it must be of no use.
//
// https://www.rfc-editor.org/rfc/rfc6238
package totp

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"sync"
	"time"

	"github.com/pquerna/otp/hotp"
)

// step is how long a code is shown, in seconds, and skew how many steps a clock may
// be wrong.
const step, skew = 30, 1

// New returns a new secret: 160 bits in base32, as the configuration and
// authenticators have it.
func New() string {
	var b [20]byte
	rand.Read(b[:])
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// URL returns what authenticators read from a QR code.
// https://github.com/google/google-authenticator/wiki/Key-Uri-Format
func URL(secret, issuer, name string) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + name}
	u.RawQuery = url.Values{"secret": {secret}, "issuer": {issuer}}.Encode()
	return u.String()
}

// Codes remembers which codes have been used. The zero Codes is ready.
type Codes struct {
	mu   sync.Mutex
	last map[string]int64 // the step of the last code, by owner
}

// Check reports whether code is right for the secret now, and has not been used by
// this owner before. Owners are few: there is one for each secret.
func (c *Codes) Check(owner, secret, code string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := Match(secret, code, now, c.last[owner])
	if !ok {
		return false
	}
	if c.last == nil {
		c.last = map[string]int64{}
	}
	c.last[owner] = at
	return true
}

// Match reports whether code is right for the secret now, and of a step after last, which
// is that of the code used before. It returns the step of the code.
func Match(secret, code string, now time.Time, last int64) (at int64, ok bool) {
	for at := now.Unix()/step - skew; at <= now.Unix()/step+skew; at++ {
		right, err := hotp.GenerateCode(secret, uint64(max(at, 0)))
		if err == nil && subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 && at > last {
			return at, true
		}
	}
	return 0, false
}
