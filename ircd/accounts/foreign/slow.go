package foreign

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha3"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-crypt/crypt/algorithm"
	"github.com/go-crypt/crypt/algorithm/md5crypt"
	"github.com/go-crypt/crypt/algorithm/shacrypt"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"
)

// Limits of what a hash may make the server do whenever somebody tries a password. They
// are above what those servers do unless they are told to.
const (
	maxIterations = 2_000_000
	maxMemory     = 256 << 20 // bytes
	maxCost       = 16        // of bcrypt
	maxHash       = 1024      // bytes of the text
)

// verifySHA3Bcrypt is what Ergo does: bcrypt of the SHA3-512 of the password, so that
// long passwords count as a whole.
func verifySHA3Bcrypt(rest, pw string) bool {
	sum := sha3.Sum512([]byte(pw))
	return bcrypt.CompareHashAndPassword([]byte(rest), sum[:]) == nil
}

// verifySaltBcrypt is what Ergo did at first: bcrypt of two salts of 30 bytes and the
// password, of which bcrypt sees what fits into 72 bytes.
func verifySaltBcrypt(rest, pw string) bool {
	salts, hash, _ := strings.Cut(rest, "$")
	b, err := base64.StdEncoding.DecodeString(salts)
	if err != nil || len(b) != 60 {
		return false
	}
	text := fmt.Appendf(nil, "%s-%s-%s", b[:30], b[30:], pw)
	return bcrypt.CompareHashAndPassword([]byte("$"+hash), text[:min(len(text), 72)]) == nil
}

// validBcrypt reports whether a text is a hash of bcrypt that is not too costly.
func validBcrypt(hash string) bool {
	cost, err := bcrypt.Cost([]byte(hash))
	return err == nil && cost <= maxCost && len(hash) == 60
}

// verifyCrypt is the crypt function of Unix.
func verifyCrypt(rest, pw string) bool {
	d, err := decodeCrypt(rest)
	if err != nil {
		return false
	}
	ok, err := d.MatchAdvanced(pw)
	return err == nil && ok
}

// decodeCrypt reads a hash of the crypt function, if it is not too costly.
func decodeCrypt(hash string) (algorithm.Digest, error) {
	part := strings.Split(hash, "$")
	if len(part) < 4 || len(hash) > maxHash || len(part[len(part)-1]) < 22 {
		return nil, unsupported("a damaged hash")
	}
	if rounds, ok := strings.CutPrefix(part[2], "rounds="); ok {
		if n, err := strconv.Atoi(rounds); err != nil || n > maxIterations || n < shacrypt.IterationsMin {
			return nil, unsupported("a hash of too many rounds")
		}
	}
	switch part[1] {
	case "1":
		return md5crypt.DecodeVariant(md5crypt.VariantStandard)(hash)
	case "5", "6":
		return shacrypt.Decode(hash)
	}
	return nil, unsupported("$" + part[1] + "$")
}

// A derived is a key that takes many iterations: "sha512$64000$salt$key", in base64.
type derived struct {
	hash       string
	iterations int
	salt, key  []byte
}

func (d derived) String() string {
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d$%s$%s", d.hash, d.iterations, b64(d.salt), b64(d.key))
}

func parseDerived(s string) (d derived, ok bool) {
	part := strings.Split(s, "$")
	if len(part) != 4 || hashes[part[0]] == nil {
		return d, false
	}
	var err1, err2, err3 error
	d.hash = part[0]
	d.iterations, err1 = strconv.Atoi(part[1])
	d.salt, err2 = base64.StdEncoding.DecodeString(part[2])
	d.key, err3 = base64.StdEncoding.DecodeString(part[3])
	return d, err1 == nil && err2 == nil && err3 == nil && d.valid()
}

func (d derived) valid() bool {
	return d.iterations > 0 && d.iterations <= maxIterations && len(d.salt) <= maxHash && len(d.key) == hashes[d.hash]().Size()
}

func (d derived) derive(pw string) []byte {
	key, err := pbkdf2.Key(hashes[d.hash], pw, d.salt, d.iterations, len(d.key))
	if err != nil {
		return nil
	}
	return key
}

func verifyPBKDF2(rest, pw string) bool {
	d, ok := parseDerived(rest)
	return ok && equal(d.derive(pw), d.key)
}

// verifySCRAM compares the server key that follows from a password (RFC 5802).
func verifySCRAM(rest, pw string) bool {
	d, ok := parseDerived(rest)
	if !ok {
		return false
	}
	h := hmac.New(hashes[d.hash], d.derive(pw))
	h.Write([]byte("Server Key"))
	return equal(h.Sum(nil), d.key)
}

// A stretched is an argon2i hash in parts, as a PHC string has them:
// https://github.com/P-H-C/phc-string-format
type stretched struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

func parseArgon2i(s string) (a stretched, ok bool) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2i" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return a, false
	}
	n, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &a.memory, &a.time, &a.threads)
	var err1, err2 error
	a.salt, err1 = base64.RawStdEncoding.DecodeString(part[4])
	a.key, err2 = base64.RawStdEncoding.DecodeString(part[5])
	ok = n == 3 && err == nil && err1 == nil && err2 == nil && a.threads > 0 && a.time > 0 && a.time <= 64 &&
		a.memory <= maxMemory>>10 && len(a.salt) >= 8 && len(a.salt) <= 64 && len(a.key) >= 16 && len(a.key) <= 64
	return a, ok
}

func verifyArgon2i(rest, pw string) bool {
	a, ok := parseArgon2i(rest)
	return ok && equal(argon2.Key([]byte(pw), a.salt, a.time, a.memory, a.threads, uint32(len(a.key))), a.key)
}

// The digits of numbers and keys in hashes of scrypt, from 0 to 63.
const scryptDigits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// verifyScrypt is what libsodium writes: "$7$", one digit for the binary logarithm of N, five
// each for r and p, the salt, "$" and the key. The lowest digit comes first.
func verifyScrypt(rest, pw string) bool {
	h, ok := parseScrypt(rest)
	if !ok {
		return false
	}
	key, err := scrypt.Key([]byte(pw), []byte(h.salt), h.n, h.r, h.p, 32)
	return err == nil && equal([]byte(scryptText(key)), []byte(h.key))
}

type scryptHash struct {
	n, r, p   int
	salt, key string
}

func parseScrypt(s string) (h scryptHash, ok bool) {
	body, ok := strings.CutPrefix(s, "$7$")
	if !ok || len(body) < 11 || len(s) > maxHash {
		return h, false
	}
	log, ok1 := scryptNumber(body[:1])
	h.r, ok1 = also(ok1, body[1:6])
	h.p, ok1 = also(ok1, body[6:11])
	h.salt, h.key, ok = strings.Cut(body[11:], "$")
	if !ok || !ok1 || log < 1 || log > 24 || h.r < 1 || h.p < 1 || h.r > 1<<10 || h.p > 16 || len(h.key) != 43 {
		return h, false
	}
	h.n = 1 << log
	return h, h.n*h.r*128 <= maxMemory
}

// also reads a number, unless something was wrong before.
func also(ok bool, digits string) (int, bool) {
	n, good := scryptNumber(digits)
	return n, ok && good
}

func scryptNumber(digits string) (n int, ok bool) {
	for i := range len(digits) {
		d := strings.IndexByte(scryptDigits, digits[i])
		if d < 0 {
			return 0, false
		}
		n |= d << (6 * i)
	}
	return n, true
}

// scryptText writes bytes, three at a time, as four digits.
func scryptText(b []byte) string {
	var text strings.Builder
	for i := 0; i < len(b); i += 3 {
		n, bits := 0, 0
		for j := i; j < min(i+3, len(b)); j++ {
			n |= int(b[j]) << bits
			bits += 8
		}
		for ; bits > 0; bits -= 6 {
			text.WriteByte(scryptDigits[n&63])
			n >>= 6
		}
	}
	return text.String()
}
