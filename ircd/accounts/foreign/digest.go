package foreign

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// hashes are the functions that schemes name.
var hashes = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
}

type digester = func(param, pw string) ([]byte, bool)

// raw is a hash without a salt.
func raw(name string) digester {
	return func(_, pw string) ([]byte, bool) {
		h := hashes[name]()
		h.Write([]byte(pw))
		return h.Sum(nil), true
	}
}

// keyed is the HMAC of the password under a key, which is the parameter.
func keyed(name string) digester {
	return func(param, pw string) ([]byte, bool) {
		key, err := hex.DecodeString(param)
		if err != nil {
			return nil, false
		}
		h := hmac.New(hashes[name], key)
		h.Write([]byte(pw))
		return h.Sum(nil), true
	}
}

// begun is SHA-256 that begins with another state than the standard one: Anope has used
// eight random words as its salt. The standard library reads a state in the form in
// which it writes one: a name, the words, the bytes of an unfinished block, a length.
func begun(param, pw string) ([]byte, bool) {
	words, err := hex.DecodeString(param)
	if err != nil || len(words) != sha256.Size {
		return nil, false
	}
	state := append([]byte("sha\x03"), words...)
	state = append(state, make([]byte, sha256.BlockSize)...)
	state = binary.BigEndian.AppendUint64(state, 0)
	h := sha256.New()
	if u, ok := h.(encoding.BinaryUnmarshaler); !ok || u.UnmarshalBinary(state) != nil {
		return nil, false
	}
	h.Write([]byte(pw))
	return h.Sum(nil), true
}
