package foreign

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts/password"
)

// Ergo reads what Ergo keeps of a password, by the version of its credentials. Negative
// ones are those of services from which Ergo itself has imported an account.
func Ergo(version int, hash []byte) (Secret, error) {
	text := string(hash)
	switch {
	case text == "":
		return Secret{}, ErrNone
	case version == -1:
		return Atheme(text, true)
	case version == -2:
		return Anope(text)
	case version == 0 && len(hash) == 120 && validBcrypt(text[60:]):
		return Secret{scheme: "salt-bcrypt", rest: base64.StdEncoding.EncodeToString(hash[:60]) + text[60:]}, nil
	case version == 1 && validBcrypt(text):
		return Secret{scheme: "sha3-bcrypt", rest: text}, nil
	}
	return Secret{}, unsupported("credentials of version " + strconv.Itoa(version))
}

// Anope reads the field "pass" of an account of Anope, "method:hash".
// https://wiki.anope.org/index.php/2.0/Modules
func Anope(pass string) (Secret, error) {
	method, rest, ok := strings.Cut(pass, ":")
	first, second, _ := strings.Cut(rest, ":")
	switch {
	case pass == "":
		return Secret{}, ErrNone
	case !ok:
		return Secret{}, unsupported("something without a method")
	case method == "plain":
		pw, err := base64.StdEncoding.DecodeString(first)
		if err != nil {
			return Secret{}, unsupported("a damaged plain")
		}
		return Plain(string(pw))
	case method == "sha256":
		return hexDigest("sha256-iv", second, first)
	case method == "bcrypt", method == "posix", method == "argon2id", method == "argon2i":
		return modular(rest)
	case schemes[method].digest != nil && method != "sha256-iv":
		return hexDigest(method, second, first)
	}
	return Secret{}, unsupported(printable(method))
}

// hexDigest returns the secret of a quick scheme.
func hexDigest(scheme, param, digest string) (Secret, error) {
	b, err := hex.DecodeString(digest)
	if err != nil {
		return Secret{}, unsupported("a damaged " + scheme)
	}
	return quick(scheme, param, b)
}

// Atheme reads the password of an account of Atheme. If it is not hashed, it is the
// password itself.
func Atheme(pass string, hashed bool) (Secret, error) {
	switch {
	case pass == "" || pass == "*":
		return Secret{}, ErrNone
	case !hashed:
		return Plain(pass)
	case strings.HasPrefix(pass, "$z$"):
		return atheme2(pass)
	case len(pass) == 144 && pass[0] != '$':
		return atheme1(pass)
	}
	for prefix, scheme := range map[string]string{"$rawmd5$": "md5", "$rawsha1$": "sha1", "$rawsha256$": "sha256", "$rawsha512$": "sha512"} {
		if digest, ok := strings.CutPrefix(pass, prefix); ok {
			return hexDigest(scheme, "", digest)
		}
	}
	if rest, ok := strings.CutPrefix(pass, "$anope$enc_sha256$"); ok {
		digest, iv, _ := strings.Cut(rest, "$")
		d, err1 := base64.StdEncoding.DecodeString(digest)
		v, err2 := base64.StdEncoding.DecodeString(iv)
		if err1 != nil || err2 != nil {
			return Secret{}, unsupported("a damaged sha256-iv")
		}
		return quick("sha256-iv", hex.EncodeToString(v), d)
	}
	if rest, ok := strings.CutPrefix(pass, "$base64$"); ok {
		pw, err := base64.StdEncoding.DecodeString(rest)
		if err != nil {
			return Secret{}, unsupported("a damaged base64")
		}
		return Plain(string(pw))
	}
	return modular(pass)
}

// atheme1 reads a hash of Atheme's first way with PBKDF2: sixteen characters of salt, and
// a key as hexadecimal digits.
func atheme1(pass string) (Secret, error) {
	key, err := hex.DecodeString(pass[16:])
	d := derived{"sha512", 128_000, []byte(pass[:16]), key}
	if err != nil || !d.valid() {
		return Secret{}, unsupported("a damaged pbkdf2")
	}
	return Secret{scheme: "pbkdf2", rest: d.String()}, nil
}

// atheme2 reads a hash of Atheme's second way with PBKDF2: "$z$algorithm$iterations$salt$key",
// or with SCRAM "…$salt$server-key$stored-key". The last digit of the algorithm is the
// hash function; the tens say whether the salt is in base64, and whether it is SCRAM.
func atheme2(pass string) (Secret, error) {
	part := strings.Split(pass, "$")
	if len(part) < 6 {
		return Secret{}, unsupported("a damaged pbkdf2v2")
	}
	n, err1 := strconv.Atoi(part[2])
	iterations, err2 := strconv.Atoi(part[3])
	name := map[int]string{3: "md5", 4: "sha1", 5: "sha256", 6: "sha512"}[n%20]
	scram, encoded := n >= 40, n/20%2 == 1
	if err1 != nil || err2 != nil || name == "" || n/20 > 3 || n < 0 || scram != (len(part) == 7) {
		return Secret{}, unsupported("a pbkdf2v2 of another kind")
	}
	d := derived{hash: name, iterations: iterations, salt: []byte(part[4])}
	if encoded {
		d.salt, err1 = base64.StdEncoding.DecodeString(part[4])
	}
	d.key, err2 = base64.StdEncoding.DecodeString(part[5])
	if err1 != nil || err2 != nil || !d.valid() {
		return Secret{}, unsupported("a damaged pbkdf2v2, or one of too many iterations")
	}
	if !scram {
		return Secret{scheme: "pbkdf2", rest: d.String()}, nil
	}
	s := Secret{scheme: "scram", rest: d.String()}
	if stored, err := base64.StdEncoding.DecodeString(part[6]); err == nil && len(stored) == len(d.key) && name == "sha256" {
		s.Scram = &Scram{d.salt, d.iterations, stored, d.key}
	}
	return s, nil
}

// modular reads a hash that says by itself, between dollar signs, of which kind it is.
func modular(hash string) (Secret, error) {
	kind, _, _ := strings.Cut(strings.TrimPrefix(hash, "$"), "$")
	switch {
	case !strings.HasPrefix(hash, "$"):
		return Secret{}, unsupported("a hash of an unknown kind")
	case strings.HasPrefix(hash, "$2"), kind == "argon2id":
		if password.Check(hash) == nil {
			return Secret{rest: hash}, nil
		}
	case kind == "argon2i":
		if _, ok := parseArgon2i(hash); ok {
			return Secret{scheme: "argon2i", rest: hash}, nil
		}
	case kind == "7":
		if _, ok := parseScrypt(hash); ok {
			return Secret{scheme: "scrypt", rest: hash}, nil
		}
	case kind == "1", kind == "5", kind == "6":
		if _, err := decodeCrypt(hash); err == nil {
			return Secret{scheme: "crypt", rest: hash}, nil
		}
	}
	return Secret{}, unsupported("$" + printable(kind) + "$")
}

// printable returns a name of a kind that is fit to be shown: the hash itself is not.
func printable(kind string) string {
	const most = 16
	for _, r := range kind {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return "something unknown"
		}
	}
	if len(kind) > most || kind == "" {
		return "something unknown"
	}
	return kind
}
