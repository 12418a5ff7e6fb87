// Package password hashes passwords of accounts, operators and the server, and
// checks them.
//
// New hashes are argon2id, which has no limit to the length of a password and
// makes guessing costly in memory as well as in time. bcrypt hashes are accepted
// because configurations and exports of other servers contain them.
//
// Hashing takes tens of milliseconds of a core, on purpose: whoever hashes on
// behalf of a client does it in a bounded pool.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// Params is what an argon2id hash costs.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes over the memory
	Threads uint8
}

// Default costs about 20 ms and 19 MiB; it is the second choice of the OWASP
// Password Storage Cheat Sheet, with the least memory it recommends for two
// passes.
var Default = Params{Memory: 19 << 10, Time: 2, Threads: 1}

// Cheap is for tests: it protects nothing.
var Cheap = Params{Memory: 8, Time: 1, Threads: 1}

// ErrHash means that a text is not a hash that Verify can check.
var ErrHash = errors.New(`not a password hash; "ircd genpasswd" makes one`)

const (
	saltLen = 16 // bytes
	keyLen  = 32 // bytes

	// Limits of what a hash may make Verify do. They are far above sensible
	// values: a hash comes from a file, but perhaps from somebody else's.
	maxMemory = 1 << 20 // KiB
	maxTime   = 64
	maxCost   = 16 // of bcrypt
)

var b64 = base64.RawStdEncoding.Strict()

// Hash returns the hash of a password, with a new salt, as a PHC string:
// https://github.com/P-H-C/phc-string-format
func Hash(p Params, password string) string {
	salt := make([]byte, saltLen)
	rand.Read(salt)
	return phc{p, salt, key(p, salt, password, keyLen)}.String()
}

// Verify reports whether hash is the hash of password. It accepts what Hash
// returns, other argon2id strings, and bcrypt ($2a$, $2b$, $2y$), which looks at
// no more than 72 bytes of a password. The time it takes depends on the
// parameters in hash alone.
func Verify(hash, password string) bool {
	if isBcrypt(hash) {
		return Check(hash) == nil && bcrypt.CompareHashAndPassword([]byte(hash), truncate(password)) == nil
	}
	h, err := parse(hash)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(h.key, key(h.Params, h.salt, password, uint32(len(h.key)))) == 1
}

// Check returns an error that wraps ErrHash if Verify cannot check hash.
func Check(hash string) error {
	if isBcrypt(hash) {
		cost, err := bcrypt.Cost([]byte(hash))
		if err != nil || cost > maxCost || len(hash) != 60 {
			return ErrHash
		}
		return nil
	}
	_, err := parse(hash)
	return err
}

// Current reports whether hash is what Hash makes with p, so that there is no
// reason to replace it.
func Current(p Params, hash string) bool {
	h, err := parse(hash)
	return err == nil && h.Params == p && len(h.key) == keyLen
}

// Dummy returns a hash that no password matches, and that costs what one of p
// costs. Where there is no account, it is verified nevertheless, so that the time
// to an answer does not tell.
func Dummy(p Params) string {
	b := make([]byte, saltLen+keyLen)
	rand.Read(b)
	return phc{p, b[:saltLen], b[saltLen:]}.String()
}

func isBcrypt(hash string) bool { return strings.HasPrefix(hash, "$2") }

func truncate(password string) []byte {
	const most = 72 // all that bcrypt has ever looked at
	return []byte(password[:min(len(password), most)])
}

func key(p Params, salt []byte, password string, length uint32) []byte {
	return argon2.IDKey([]byte(password), salt, p.Time, p.Memory, p.Threads, length)
}

// A phc is an argon2id hash in parts.
type phc struct {
	Params
	salt, key []byte
}

func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.Memory, h.Time, h.Threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parse accepts only the form that String gives.
func parse(s string) (h phc, err error) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, ErrHash
	}
	if h.Params, err = parseParams(part[3]); err != nil {
		return phc{}, err
	}
	var err1, err2 error
	h.salt, err1 = b64.DecodeString(part[4])
	h.key, err2 = b64.DecodeString(part[5])
	bad := len(h.salt) < 8 || len(h.salt) > 64 || len(h.key) < 16 || len(h.key) > 64
	if err1 != nil || err2 != nil || bad || h.String() != s {
		return phc{}, ErrHash
	}
	return h, nil
}

func parseParams(s string) (p Params, err error) {
	if _, err := fmt.Sscanf(s, "m=%d,t=%d,p=%d", &p.Memory, &p.Time, &p.Threads); err != nil {
		return Params{}, ErrHash
	}
	return p, p.Validate()
}

// Validate returns an error if hashes with p cannot be made or would not be
// accepted.
func (p Params) Validate() error {
	switch {
	case p.Time < 1 || p.Time > maxTime:
		return fmt.Errorf("%w: there must be 1 to %d passes, not %d", ErrHash, maxTime, p.Time)
	case p.Threads < 1:
		return fmt.Errorf("%w: there must be at least one thread", ErrHash)
	case p.Memory < 8*uint32(p.Threads) || p.Memory > maxMemory:
		return fmt.Errorf("%w: the memory must be 8 KiB per thread to %d KiB, not %d", ErrHash, maxMemory, p.Memory)
	}
	return nil
}
