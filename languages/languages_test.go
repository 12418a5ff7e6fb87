package languages

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestLoad tests the catalogues that are built in: their placeholders, tags and
// keys.
func TestLoad(t *testing.T) {
	catalogues, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for tag, c := range catalogues {
		if c.Tag() != tag || tag == "en" || tag == "template" {
			t.Errorf("the catalogue of %q calls itself %q", tag, c.Tag())
		}
	}
}

func TestTemplate(t *testing.T) {
	f, err := files.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	copied := fstest.MapFS{"de.toml": {Data: []byte(strings.Replace(string(f), "English", "Deutsch", 1) + "\"left %s\" = \"ohne %s\"\n\"later\" = \"\"\n")}}
	catalogues, err := load(copied)
	if err != nil {
		t.Fatal(err)
	}
	if c := catalogues["de"]; c.Name() != "Deutsch" || c.Sprintf("left %s", "x") != "ohne x" || c.Has("later") {
		t.Errorf("a copy of the template gives %+v", c)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ file, content, want string }{
		{"de.toml", "name = 'x'\n[texts]\n'a %s' = 'b'", "placeholders"},
		{"de.toml", "name = 'x'\n[text]\n'a' = 'b'", "unknown key"},
		{"de.toml", "name = ", "de.toml"},
		{"german.toml", "name = 'x'", "tag"},
		{"de.toml", "", "name"},
	} {
		_, err := load(fstest.MapFS{c.file: {Data: []byte(c.content)}, template: {}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: error %v, want one about %q", c.file, c.content, err, c.want)
		}
	}
}
