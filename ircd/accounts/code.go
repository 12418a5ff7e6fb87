package accounts

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"maps"
	"math/big"
	"time"
)

// A purpose is what a code that is mailed to the owner of an account is for.
type purpose string

const (
	forWelcome  purpose = "welcome"  // to confirm the account
	forAddress  purpose = "address"  // to confirm another e-mail address
	forReset    purpose = "reset"    // to choose another password, by NickServ
	forRecovery purpose = "recovery" // to choose another password, by RECOVER
)

// A code is what is known of a code that was mailed: not the code itself.
type code struct {
	Sum   []byte    `json:"sum,omitempty"` // nil when it was used
	Until time.Time `json:"until"`
	Email string    `json:"email,omitempty"` // the address it confirms
	// Granted means that it was right, and that what it allows has not been done yet.
	Granted bool `json:"granted,omitempty"`
	// Sent and Count limit how many are mailed.
	Sent  time.Time `json:"sent,omitzero"`
	Since time.Time `json:"since,omitzero"`
	Count int       `json:"count,omitempty"` // since then
}

const (
	// codeEvery is how long after a code another one can be mailed, and codesADay how
	// many within a day. For the short codes of RECOVER, each of which can be tried
	// once, it is also what bounds guessing: to ten in a million a day.
	codeEvery = time.Minute
	codesADay = 10

	shortDigits = 6
)

// newCode returns a code, of this many digits or else one that nobody can guess.
func newCode(digits int) string {
	if digits == 0 {
		return rand.Text()
	}
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	n, err := rand.Int(rand.Reader, most)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return fmt.Sprintf("%0*d", digits, n)
}

// issue makes a code and notes it in the record, in place of an earlier one for the
// same purpose. It returns a ThrottledError if there have been too many.
func (s *Service) issue(rec *record, why purpose, email string, digits int, valid time.Duration) (text string, until time.Time, err error) {
	now, c := s.now(), rec.Codes[why]
	if now.Sub(c.Since) >= 24*time.Hour {
		c.Since, c.Count = now, 0
	}
	wait := codeEvery - now.Sub(c.Sent)
	if c.Count >= codesADay {
		wait = 24*time.Hour - now.Sub(c.Since)
	}
	if err := throttled(wait); err != nil {
		return "", time.Time{}, err
	}
	text, until = newCode(digits), now.Add(valid)
	codes := map[purpose]code{why: {
		Sum: s.codeSum(rec, why, text), Until: until, Email: email, Sent: now, Since: c.Since, Count: c.Count + 1,
	}}
	for other, c := range rec.Codes {
		if other != why && (now.Before(c.Until) || now.Sub(c.Since) < 24*time.Hour) {
			codes[other] = c
		}
	}
	rec.Codes = codes
	return text, until, nil
}

// use reports whether text is the code for a purpose, and returns it. It can be used
// once: the caller stores the record.
func (s *Service) use(rec *record, why purpose, text string) (c code, ok bool) {
	c = rec.Codes[why]
	if ok = s.now().Before(c.Until) && subtle.ConstantTimeCompare(c.Sum, s.codeSum(rec, why, text)) == 1; ok {
		rec.spend(why)
	}
	return c, ok
}

// grant notes that a code was right, until it is spent.
func (rec *record) grant(why purpose) {
	c := rec.Codes[why]
	c.Granted = true
	rec.Codes = maps.Clone(rec.Codes)
	rec.Codes[why] = c
}

// spend makes a code worth nothing; how many there were stays known.
func (rec *record) spend(why purpose) {
	codes := map[purpose]code{}
	for p, c := range rec.Codes {
		if p == why {
			c.Sum, c.Email, c.Granted = nil, "", false
		}
		codes[p] = c
	}
	rec.Codes = codes
}

// codeSum is what is stored of a code. It is of no use for another account, or for
// another purpose.
func (s *Service) codeSum(rec *record, why purpose, text string) []byte {
	return s.keyed(rec, "code "+string(why), text)
}

// keyed returns what is stored of a text that has enough randomness to need no salt. It
// belongs to one account, whatever that is called, and one use.
func (s *Service) keyed(rec *record, what, text string) []byte {
	mac := hmac.New(sha256.New, s.secret)
	fmt.Fprintf(mac, "%s %s %s", what, rec.ID, text)
	return mac.Sum(nil)
}
