package config

import (
	"strings"
	"testing"
)

func TestAuthToken(t *testing.T) {
	service := func(name, url string) string {
		return "[[authtoken.service]]\nname = \"" + name + "\"\nurl = \"" + url + "\"\n"
	}
	for text, want := range map[string]string{
		service("a", "https://a.example/") + service("b", "https://b.example/"): "",
		service("a", "https://a.example/") + service("A", "https://b.example/"): `authtoken.service.name: is "A" again`,
		service("a", "https://a.example/"+strings.Repeat("x", 200)):             "authtoken.service.url: is too long",
		service("a", "ftp://a.example/"):                                        "authtoken.service.url: cannot be",
		"[[authtoken.service]]\nname = \"a\"":                                   "authtoken.service.url: is empty",
		"[authtoken]\nlifetime = \"1s\"":                                        "authtoken.lifetime: cannot be",
	} {
		_, err := Parse("parley.toml", []byte(text), nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
