package config

import (
	"strings"
	"testing"
)

func TestExtJWTErrors(t *testing.T) {
	const secret = `secret = "0123456789abcdef0123456789abcdef"`
	service := func(lines ...string) string { return "[[extjwt.service]]\n" + strings.Join(lines, "\n") + "\n" }
	hs, rs := `algorithm = "HS256"`, `algorithm = "RS256"`
	for text, want := range map[string]string{
		"":                                         "",
		"[extjwt]\n" + secret:                      "",
		"[extjwt]\n" + `secret = "short"`:          "extjwt.secret: cannot be this",
		"[extjwt]\n" + `key = "k.pem"`:             "extjwt.key: is not for HS256",
		"[extjwt]\n" + rs + "\n" + secret:          "extjwt.secret: is only for HS256",
		"[extjwt]\n" + rs + "\n" + `key = "k.pem"`: "",
		service(`name = "calls"`, hs, secret):      "",
		service(`name = "calls"`, hs):              "secret: is missing",
		service(`name = "calls"`, rs):              "key: is missing",
		service(`name = "calls"`, secret):          "algorithm",
		service(`name = "*"`, hs, secret):          "stands for no service",
		service(`name = "calls"`, hs, secret) + service(`name = "calls"`, rs, `key = "k.pem"`): "again",
	} {
		c, err := Parse("x.toml", []byte(text), nil)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want == "" && c.ExtJWT.Enabled() != (text != ""):
			t.Errorf("%s: enabled is %v", text, c.ExtJWT.Enabled())
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
