package lang

import (
	"strings"
	"testing"
)

func TestEnglish(t *testing.T) {
	var c *Catalogue
	const text Text = "%s has %d%% of it"
	if got := text.Sprintf("Alice", 5); got != "Alice has 5% of it" || c.Sprintf(text, "Alice", 5) != got {
		t.Errorf("Sprintf gives %q", got)
	}
	if text.String() != "%s has %d%% of it" || c.Text(text) != text.String() || !c.Has(text) {
		t.Error("the text in English is not the text")
	}
	if c.Tag() != "en" || c.Name() != "English" {
		t.Errorf("the nil catalogue is %s, %s", c.Tag(), c.Name())
	}
	if got := Text("nothing to replace, 100%%").Sprintf(); got != "nothing to replace, 100%" {
		t.Errorf("Sprintf without arguments gives %q", got)
	}
}

func TestCatalogue(t *testing.T) {
	texts := map[Text]string{"%s left %s": "%[2]s ohne %[1]s", "the channel": "der Kanal"}
	c, err := NewCatalogue("de", "Deutsch", texts)
	if err != nil {
		t.Fatal(err)
	}
	if c.Tag() != "de" || c.Name() != "Deutsch" || !c.Has("the channel") || c.Has("other") {
		t.Error("the catalogue is not what it was made of")
	}
	if got := c.Text("other"); got != "other" {
		t.Errorf("a text without translation is %q", got)
	}
	if got := c.Sprintf("%s left %s", "Alice", Text("the channel")); got != "der Kanal ohne Alice" {
		t.Errorf("Sprintf gives %q", got)
	}
	if got := Text("%s left %s").Sprintf("Alice", Text("the channel")); got != "Alice left the channel" {
		t.Errorf("Sprintf gives %q in English", got)
	}
}

func TestNewCatalogueErrors(t *testing.T) {
	for _, c := range []struct {
		tag, name, text, translation, want string
	}{
		{"", "x", "a", "b", "tag"}, {"DE", "x", "a", "b", "tag"}, {"../de", "x", "a", "b", "tag"}, {"de_DE", "x", "a", "b", "tag"},
		{"de", "", "a", "b", "name"}, {"de", "a\nb", "a", "b", "name"}, {"de", "x", "a", " ", "empty"}, {"de", "x", "", "b", "empty"},
		{"de", "x", "a", "b\r\nQUIT", "control"}, {"de", "x", "a", "b\x00", "control"}, {"de", "x", "a", "\xff", "UTF-8"},
		{"de", "x", "a %s", "b", "placeholders"}, {"de", "x", "a", "b %s", "placeholders"}, {"de", "x", "a %s", "b %d", "placeholders"},
		{"de", "x", "a %s", "b %s %s", "placeholders"}, {"de", "x", "a %s %d", "b %d %s", "placeholders"}, {"de", "x", "a", "100 %", "percent"},
		{"de", "x", "a %s %s", "b %[2]s %[2]s", "leaves out"}, {"de", "x", "a %s", "b %[1]s %[1]d", "argument 1"}, {"de", "x", "a %s", "b %[0]s", "leaves out"},
	} {
		_, err := NewCatalogue(c.tag, c.name, map[Text]string{Text(c.text): c.translation})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, %q, %q: error %v, want one about %q", c.tag, c.text, c.translation, err, c.want)
		}
	}
	for text, translation := range map[Text]string{
		"%s %d": "%[2]d %[1]s", "100%%": "%% von 100", "%q": "%q", "%-5s|%.2f": "%s|%f", "%s": "%[1]s %[1]s",
	} {
		if _, err := NewCatalogue("pt-BR", "x", map[Text]string{text: translation}); err != nil {
			t.Errorf("%q as %q: %v", text, translation, err)
		}
	}
}

// FuzzTranslation tests that a translation which is accepted can be formatted with
// whatever its text can.
func FuzzTranslation(f *testing.F) {
	f.Add("%s left %d", "%[2]d %[1]s")
	f.Add("%d%%", "%% %d")
	f.Fuzz(func(t *testing.T, text, translation string) {
		c, err := NewCatalogue("de", "x", map[Text]string{Text(text): translation})
		want, verbsErr := verbs(text)
		if err != nil || verbsErr != nil {
			return
		}
		var args []any
		for _, verb := range want {
			arg := map[string]any{"%s": "a", "%d": 1, "%q": "a", "%v": 1}[verb]
			if arg == nil {
				return
			}
			args = append(args, arg)
		}
		if got := c.Sprintf(Text(text), args...); strings.Contains(got, "%!") && !strings.Contains(translation, "%%!") && !strings.Contains(translation, "%%") {
			t.Errorf("%q for %q gives %q", translation, text, got)
		}
	})
}
