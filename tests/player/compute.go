package player

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"time"

	"github.com/pquerna/otp/hotp"
)

var (
	codes   = regexp.MustCompile(`totp\(([A-Za-z0-9+/=]+)\)`)
	encoded = regexp.MustCompile(`base64\(([^()]*)\)`)
)

// compute replaces "totp(KEY)" by the code that an authenticator shows, whose key may be
// in a challenge of 2FA, and "base64(TEXT)" by that.
func compute(text string) string {
	text = codes.ReplaceAllStringFunc(text, func(s string) string { return code(codes.FindStringSubmatch(s)[1]) })
	return encoded.ReplaceAllStringFunc(text, func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(encoded.FindStringSubmatch(s)[1]))
	})
}

func code(key string) string {
	var challenge struct{ Secret string }
	if data, err := base64.StdEncoding.DecodeString(key); err == nil && json.Unmarshal(data, &challenge) == nil {
		key = challenge.Secret
	}
	c, err := hotp.GenerateCode(key, uint64(time.Now().Unix()/30))
	if err != nil {
		return "no-key"
	}
	return c
}
