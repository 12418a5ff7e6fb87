// Package foreign checks passwords by the hashes that other servers and services have
// made of them, so that people who move here keep their passwords.
//
// A hash is kept as "{scheme}parameters", where the scheme is a row of a table. Once its
// owner has logged in the password is known, and a hash of our own takes its place.
// Until then many of these hashes would protect nothing if they were stolen: an MD5 of
// a password is found in no time. Therefore whatever is quick to compute is kept as an
// argon2id hash of it.
package foreign

import (
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts/password"
)

// A Secret is what another server kept of a password.
type Secret struct {
	scheme string
	// param is what the scheme needs besides the password, and rest what it gives: of a
	// quick scheme the digest, of another one what Verify compares.
	param, rest string
	plain       string // the password itself
	// Scram lets clients log in by SCRAM-SHA-256; nil: that has to wait until the
	// password is known.
	Scram *Scram
}

// A Scram is a verifier of SCRAM-SHA-256 (RFC 5802).
type Scram struct {
	Salt                 []byte
	Iterations           int
	StoredKey, ServerKey []byte
}

// ErrNone means that nothing is kept of a password.
var ErrNone = errors.New("there is no password")

// An UnsupportedError names a form of hashes that cannot be checked here.
type UnsupportedError struct{ Form string }

// Error implements error.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("the password is kept as %s, which cannot be checked here", e.Form)
}

func unsupported(form string) error { return &UnsupportedError{form} }

// Plain returns the secret of a password that was kept as it is.
func Plain(pw string) (Secret, error) {
	if pw == "" {
		return Secret{}, ErrNone
	}
	return Secret{plain: pw}, nil
}

// Password returns the password, if it was kept as it is.
func (s Secret) Password() (pw string, ok bool) { return s.plain, s.plain != "" }

// String tells nothing.
func (s Secret) String() string { return "secret" }

// GoString tells nothing.
func (s Secret) GoString() string { return s.String() }

// Keep returns what is to be kept of a secret that is not the password itself: a hash
// of package password, or one that Is reports true of. It takes as long as hashing does.
func (s Secret) Keep(p password.Params) string {
	row := schemes[s.scheme]
	switch {
	case s.scheme == "":
		return s.rest
	case row.digest != nil:
		return "{" + s.scheme + "}" + s.param + "|" + password.Hash(p, s.rest)
	}
	return "{" + s.scheme + "}" + s.rest
}

// Is reports whether a hash is one of another server.
func Is(hash string) bool { return strings.HasPrefix(hash, "{") }

// Verify reports whether hash, which Keep has returned, is the hash of pw.
func Verify(hash, pw string) bool {
	name, rest, ok := strings.Cut(strings.TrimPrefix(hash, "{"), "}")
	row, known := schemes[name]
	if !ok || !known || !Is(hash) {
		return false
	}
	if row.digest == nil {
		return row.verify(rest, pw)
	}
	param, outer, _ := strings.Cut(rest, "|")
	digest, ok := row.digest(param, pw)
	return ok && password.Verify(outer, hex.EncodeToString(digest))
}

// A scheme is a way to hash passwords. It has one of the two.
type scheme struct {
	// digest returns what a quick scheme makes of a password.
	digest func(param, pw string) (digest []byte, ok bool)
	verify func(rest, pw string) bool
}

// schemes are those that can be checked.
var schemes = map[string]scheme{
	"md5":    {digest: raw("md5")},
	"sha1":   {digest: raw("sha1")},
	"sha224": {digest: raw("sha224")},
	"sha256": {digest: raw("sha256")},
	"sha384": {digest: raw("sha384")},
	"sha512": {digest: raw("sha512")},

	"hmac-sha224": {digest: keyed("sha224")},
	"hmac-sha256": {digest: keyed("sha256")},
	"hmac-sha384": {digest: keyed("sha384")},
	"hmac-sha512": {digest: keyed("sha512")},

	"sha256-iv": {digest: begun}, // SHA-256 with another initial value

	"argon2i":     {verify: verifyArgon2i},
	"crypt":       {verify: verifyCrypt}, // $1$, $5$ and $6$
	"scrypt":      {verify: verifyScrypt},
	"pbkdf2":      {verify: verifyPBKDF2},
	"scram":       {verify: verifySCRAM},
	"sha3-bcrypt": {verify: verifySHA3Bcrypt},
	"salt-bcrypt": {verify: verifySaltBcrypt},
}

// quick returns the secret of a quick scheme, of which the digest is known.
func quick(scheme, param string, digest []byte) (Secret, error) {
	want, ok := schemes[scheme].digest(param, "")
	if !ok || len(want) != len(digest) {
		return Secret{}, unsupported("a damaged " + scheme)
	}
	return Secret{scheme: scheme, param: param, rest: hex.EncodeToString(digest)}, nil
}

func equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
