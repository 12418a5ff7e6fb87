package player

import (
	"encoding/base64"
	"regexp"
	"strconv"

	"github.com/parley-irc/parley/ircd/passkey/passkeytest"
	"github.com/parley-irc/parley/ircd/sasl"
)

// A safe has the passkey of a conversation, which is for example.org, and what was
// answered with it: parts of one answer must fit together.
type safe struct {
	device  *passkeytest.Device
	answers map[string][]string
}

var keys = regexp.MustCompile(`passkey\((create|sign) ([A-Za-z0-9+/=]+) (\d)\)`)

// answer replaces "passkey(create CHALLENGE N)" and "passkey(sign CHALLENGE N)" by part N
// of the answer.
func (s *safe) answer(text string) string {
	return keys.ReplaceAllStringFunc(text, func(call string) string {
		if s.device == nil {
			s.device, s.answers = passkeytest.New("https://chat.example.org", "example.org"), map[string][]string{}
		}
		m := keys.FindStringSubmatch(call)
		question, err := base64.StdEncoding.DecodeString(m[2])
		if err != nil {
			return "no-challenge"
		}
		if s.answers[m[2]] == nil {
			do := s.device.Create
			if m[1] == "sign" {
				do = s.device.Sign
			}
			s.answers[m[2]] = sasl.Encode(do(question))
		}
		if n, _ := strconv.Atoi(m[3]); n >= 1 && n <= len(s.answers[m[2]]) {
			return s.answers[m[2]][n-1]
		}
		return "no-such-part"
	})
}
