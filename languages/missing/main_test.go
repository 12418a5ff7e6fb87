package main

import (
	"strings"
	"testing"

	"github.com/parley-irc/parley/languages"
)

// TestMissing tests that what is missing can be read as a catalogue.
func TestMissing(t *testing.T) {
	var out strings.Builder
	if err := run(&out, []string{"eo"}); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(out.String(), `name = ""`, `name = "Esperanto"`, 1)
	c, err := languages.Parse("eo.toml", []byte(text))
	if err != nil || c.Has("No such channel") || !strings.Contains(text, `"No such channel" = ""`) {
		t.Errorf("%v: %s", err, text)
	}
	if !strings.Contains(text, "# Plural forms: [one other]\n") {
		t.Error("the plural forms are not named")
	}
}

func TestSummary(t *testing.T) {
	var out strings.Builder
	if err := run(&out, nil); err != nil {
		t.Fatal(err)
	}
	tags, err := languages.Tags()
	if err != nil || strings.Count(out.String(), " texts are missing\n") != len(tags) {
		t.Errorf("%v: of %q it says %s", err, tags, out.String())
	}
	if run(&out, []string{"a", "b"}) == nil || run(&out, []string{"../de"}) == nil {
		t.Error("wrong arguments are taken")
	}
}
