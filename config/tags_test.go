package config

import (
	"strings"
	"testing"
)

func TestDeniesTag(t *testing.T) {
	for _, c := range []struct{ list, denied, allowed string }{
		{"", "", "+typing +x +draft/react"},
		{"*", "+typing +x", ""},
		{"* -typing -draft/react", "+x +draft/reply", "+typing +draft/react"},
		{"typing example.com/x", "+typing +example.com/x", "+x +draft/typing"},
	} {
		s := Server{ClientTagDeny: strings.Fields(c.list)}
		for key := range strings.FieldsSeq(c.denied) {
			if !s.DeniesTag(key) {
				t.Errorf("%q allows %s", c.list, key)
			}
		}
		for key := range strings.FieldsSeq(c.allowed) {
			if s.DeniesTag(key) {
				t.Errorf("%q denies %s", c.list, key)
			}
		}
	}
}

func TestClientTagDenyErrors(t *testing.T) {
	for list, want := range map[string]string{
		`[]`:                  "",
		`["*", "-typing"]`:    "",
		`["draft/react"]`:     "",
		`["typing", "*"]`:     "after others",
		`["-typing"]`:         "without",
		`["x", "-typing"]`:    "without",
		`["+typing"]`:         "cannot be",
		`["a b"]`:             "cannot be",
		`["a,b"]`:             "cannot be",
		`[""]`:                "is empty",
		`["*", "-a", "--b"]`:  "cannot be",
		`["example.org/tag"]`: "",
	} {
		_, err := Parse("x.toml", []byte("[server]\nclient-tag-deny = "+list), nil)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", list, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", list, err, want)
		}
	}
}
