package lang

import (
	"strings"
	"testing"
	"time"
)

func TestEnglish(t *testing.T) {
	var c *Catalogue
	const text Text = "%s has %d%% of it"
	if got := text.Sprintf("Alice", 5); got != "Alice has 5% of it" || c.Sprintf(text, "Alice", 5) != got {
		t.Errorf("Sprintf gives %q", got)
	}
	if text.String() != "%s has %d%% of it" || !c.Has(text) {
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
	if got := c.Sprintf("other"); got != "other" {
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
		{"de", "x", "a %s %s", "b %[2]s %[2]s", "leaves out"}, {"de", "x", "a %s", "b %[1]s %[1]d", "argument 1"}, {"de", "x", "a %s", "b %[0]s", "no argument 0"},
		{"de", "x", "0", "%10000010%", "percent"}, {"de", "x", "a %s", "b %100s", "percent"}, {"de", "x", "a %s", "b %.100s", "percent"},
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
		parsed, parseErr := parse(text)
		if err != nil || parseErr != nil {
			return
		}
		var args []any
		for _, verb := range parsed.placeholders() {
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

func TestPlurals(t *testing.T) {
	const text Text = "{%d entry|%d entries} of %s"
	catalogues := map[string]*Catalogue{"en": nil}
	for tag, translation := range map[string]string{
		"de": "{%d Eintrag|%d Einträge} von %s", "fr": "{%d entrée|%d entrées} de %s", "zh": "%[2]s 的 {%[1]d 个条目}",
		"ru": "{%d запись|%d записи|%d записей} канала %s", "es": "{%d entrada|%d entradas} de %s", "ja": "%[2]s: %[1]d",
	} {
		c, err := NewCatalogue(tag, "x", map[Text]string{text: translation})
		if err != nil {
			t.Fatal(err)
		}
		catalogues[tag] = c
	}
	for _, c := range []struct {
		tag  string
		n    any
		want string
	}{
		{"en", 0, "0 entries of #a"}, {"en", 1, "1 entry of #a"}, {"en", uint8(2), "2 entries of #a"}, {"en", int64(101), "101 entries of #a"},
		{"de", 1, "1 Eintrag von #a"}, {"de", 21, "21 Einträge von #a"},
		{"fr", 0, "0 entrée de #a"}, {"fr", 1, "1 entrée de #a"}, {"fr", 2, "2 entrées de #a"},
		{"es", 1, "1 entrada de #a"}, {"es", 0, "0 entradas de #a"},
		{"ru", 1, "1 запись канала #a"}, {"ru", 3, "3 записи канала #a"}, {"ru", 5, "5 записей канала #a"},
		{"ru", 11, "11 записей канала #a"}, {"ru", 21, "21 запись канала #a"}, {"ru", 1_000_022, "1000022 записи канала #a"},
		{"ru", int64(7_000_000_000_003), "7000000000003 записи канала #a"},
		{"zh", 7, "#a 的 7 个条目"}, {"ja", 7, "#a: 7"},
	} {
		if got := catalogues[c.tag].Sprintf(text, c.n, "#a"); got != c.want {
			t.Errorf("%s: %v is %q, want %q", c.tag, c.n, got, c.want)
		}
	}
	for text, want := range map[Text]string{
		"Remove {it|them} (%d)?": "no number", "%d {a|b": "braces", "a}": "braces", "{%d a|{%d}|b}": "braces",
	} {
		if _, err := text.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one about %q", text, err, want)
		}
	}
	for _, text := range []Text{"%s: %d {entry|entries}", "{a day|%d days}", "%d {a|b} and {%d c|%d d}"} {
		if _, err := text.Check(); err != nil {
			t.Error(err)
		}
	}
	if got := Text("%d {a|b} and {%d c|%d d} of %s").Sprintf(1, 2, "x"); got != "1 a and 2 d of x" {
		t.Errorf("two groups are %q", got)
	}
	if got := Text("{a day|%d days}").Sprintf(1); got != "a day" {
		t.Errorf("a form without its number is %q", got)
	}
	for tag, forms := range map[string]int{"en": 2, "de": 2, "fr": 2, "es": 2, "ru": 3, "pl": 3, "zh": 1, "ar": 6, "pt-BR": 2} {
		c, err := NewCatalogue(tag, "x", nil)
		if err != nil || len(c.PluralForms()) != forms {
			t.Errorf("%s has the forms %q, %v", tag, c.PluralForms(), err)
		}
	}
}

func TestFallback(t *testing.T) {
	make := func(tag string, texts map[Text]string) *Catalogue {
		c, err := NewCatalogue(tag, "x", texts)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := make("fr", map[Text]string{"a": "un"}).Before(make("ru", map[Text]string{"a": "x", "{%d b|%d bs}": "{%d б|%d бв|%d бвг}", "%s!": "%s?"}))
	for text, want := range map[Text]string{"a": "un", "c": "c"} {
		if got := c.Sprintf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	// A text gets the plural forms of the language that it is found in.
	if got := c.Sprintf("%s!", Text("{%d b|%d bs}").With(5)); got != "5 бвг?" {
		t.Errorf("a text of the second language is %q", got)
	}
	if got := strings.Join(c.Tags(), " "); got != "fr ru" {
		t.Errorf("the languages are %s", got)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 seconds", time.Millisecond: "0 seconds", time.Second: "1 second", 90 * time.Second: "1 minute 30 seconds", time.Hour: "1 hour",
		time.Hour + time.Second: "1 hour", 26 * time.Hour: "1 day 2 hours", 72*time.Hour + time.Minute: "3 days",
	} {
		if got := Duration(d).String(); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestHeard(t *testing.T) {
	for _, c := range []struct {
		text string
		args []any
		want string
	}{
		{"%s has %d", []any{"a", int64(1)}, "a has 1"}, {"100 %", nil, "100 %"}, {"%s", nil, "%s"},
		{"%999999d", []any{1}, "%999999d"}, {"a {b|c}", nil, "a {b|c}"},
	} {
		if got := Heard(c.text, c.args).String(); got != c.want {
			t.Errorf("%q with %v is %q, want %q", c.text, c.args, got, c.want)
		}
	}
}

func TestTranslatable(t *testing.T) {
	for text, want := range map[Text]bool{"%s": false, "- %s": false, "%s %s": false, "a": true, "{%d a|%d b}": true, "%d%%": false} {
		if text.Translatable() != want {
			t.Errorf("%q: translatable is %v", text, !want)
		}
	}
}
