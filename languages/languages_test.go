package languages

import (
	"slices"
	"strings"
	"testing"
)

// TestLoad tests the catalogues that are built in: their placeholders, tags and keys.
func TestLoad(t *testing.T) {
	languages, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	tags, err := Tags()
	if err != nil {
		t.Fatal(err)
	}
	offered := []string{"en"}
	for _, l := range languages.All()[1:] {
		offered = append(offered, l.Tag)
		c, err := languages.Catalogue(l.Tag)
		if err != nil {
			t.Errorf("%s: %v", l.Tag, err)
			continue
		}
		if c.Tag() != l.Tag || c.Name() != l.Name || l.Percent < 0 || l.Percent > 100 {
			t.Errorf("%+v has the catalogue %s, %s", l, c.Tag(), c.Name())
		}
	}
	if slices.Sort(tags); !slices.Equal(tags, offered[1:]) {
		t.Errorf("the languages %q are offered, but there are files for %q", offered[1:], tags)
	}
}

// longest is how long a translation may be, in bytes: it has to fit on a line.
const longest = 400

// TestLines tests that texts and translations can be sent in one line. What is said
// by NOTICE and HELP may be longer, because it is divided.
func TestLines(t *testing.T) {
	texts, err := Texts()
	if err != nil {
		t.Fatal(err)
	}
	tags, _ := Tags()
	for _, tag := range tags {
		c, err := Read(tag)
		if err != nil {
			continue // TestLoad says why
		}
		for _, x := range texts {
			if len(c.Translation(x.Text)) > longest {
				t.Errorf("%s: the translation of this is longer than %d bytes: %s", tag, longest, x.Text)
			}
		}
	}
	for _, x := range texts {
		if len(x.Text) > longest {
			t.Errorf("the text is too long: %s", x.Text)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ file, content, want string }{
		{"de.toml", "name = 'x'\n[texts]\n'a %s' = 'b'", "placeholders"},
		{"de.toml", "name = 'x'\n[texts]\n'{%d a|%d b}' = '{%d c|%d d|%d e}'", "plural forms"},
		{"de.toml", "name = 'x'\n[text]\n'a' = 'b'", "unknown key"},
		{"de.toml", "name = ", "expected value"},
		{"german.toml", "name = 'x'", "tag"},
		{"de.toml", "", "name"},
	} {
		_, err := Parse(c.file, []byte(c.content))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: error %v, want one about %q", c.file, c.content, err, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range [][3]int{{0, 10, 0}, {9999, 10000, 99}, {10, 10, 100}, {0, 0, 100}} {
		if got := percent(c[0], c[1]); got != c[2] {
			t.Errorf("%d of %d are %d %%", c[0], c[1], got)
		}
	}
	if got := quote("a\"b\\c\x01é"); got != `"a\"b\\c\u0001é"` {
		t.Errorf("a quoted string is %s", got)
	}
}

// TestComplete tests that the languages which are promised can be read throughout. A text
// that was changed a moment ago may wait for those who speak them, if there are few such.
func TestComplete(t *testing.T) {
	const least = 98
	languages, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	percent := map[string]int{}
	for _, l := range languages.All() {
		percent[l.Tag] = l.Percent
	}
	for _, tag := range []string{"de", "es", "fr", "ru", "zh"} {
		if percent[tag] < least {
			t.Errorf("%s: %d %% are translated, and there should be %d: go run ./languages/missing %s", tag, percent[tag], least, tag)
		}
	}
}
