package accounts

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
)

// recoveryCodes is how many codes there are that replace a second factor once.
const recoveryCodes = 10

// recoveryAlphabet has no letters and digits that are mistaken for each other.
var recoveryAlphabet = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// newRecovery makes codes of 80 bits.
func (s *Service) newRecovery(rec *record) (codes []string) {
	rec.Recovery = nil
	for range recoveryCodes {
		var b [10]byte
		rand.Read(b[:])
		text := recoveryAlphabet.EncodeToString(b[:])
		codes = append(codes, text[:8]+"-"+text[8:])
		rec.Recovery = append(rec.Recovery, s.recoverySum(rec, text))
	}
	return codes
}

// useRecovery reports whether text is one of the codes, and removes it.
func (s *Service) useRecovery(rec *record, text string) bool {
	sum := s.recoverySum(rec, strings.ReplaceAll(string(casemap.ASCII.Fold(text)), "-", ""))
	for i, c := range rec.Recovery {
		if subtle.ConstantTimeCompare(c, sum) == 1 {
			rec.Recovery = slices.Delete(rec.Recovery, i, i+1)
			return true
		}
	}
	return false
}

func (s *Service) recoverySum(rec *record, text string) []byte { return s.keyed(rec, "recovery", text) }
