package player

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pquerna/otp/hotp"
)

var (
	codes   = regexp.MustCompile(`totp\(([A-Za-z0-9+/=]+)\)`)
	tokens  = regexp.MustCompile(`jwt\(([^\s()]+) for ([^\s()]+)\)`)
	encoded = regexp.MustCompile(`base64\(([^()]*)\)`)
)

// compute replaces "totp(KEY)" by the code that an authenticator shows, whose key may be
// in a challenge of 2FA, "jwt(NAME for AUDIENCE)" by a token of an issuer, and
// "base64(TEXT)" by that.
func compute(text string) string {
	text = codes.ReplaceAllStringFunc(text, func(s string) string { return code(codes.FindStringSubmatch(s)[1]) })
	text = tokens.ReplaceAllStringFunc(text, func(s string) string {
		m := tokens.FindStringSubmatch(s)
		return token(m[1], m[2])
	})
	return encoded.ReplaceAllStringFunc(text, func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(encoded.FindStringSubmatch(s)[1]))
	})
}

// token is what the issuer https://id.example.org gives to somebody for a service.
func token(name, audience string) string {
	c := jwt.MapClaims{
		"iss": "https://id.example.org", "aud": audience, "sub": "id of " + name, "preferred_username": name,
		"exp": time.Now().Add(time.Hour).Unix(),
	}
	s, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		return "no-token"
	}
	return s
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
