package languages

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/lang"
)

// TestGenerated tests that the template has the texts of the program, and that the
// catalogues and the index are as they are written. With GENERATE=1 it writes them.
func TestGenerated(t *testing.T) {
	texts := programTexts(t)
	compare(t, template, head+body(texts))
	x := index{Texts: len(texts), Languages: map[string]entry{}}
	names, err := filepath.Glob("*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name == template || name == indexFile {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(name, b)
		if err != nil {
			t.Errorf("languages/%s: %v", name, err)
			continue
		}
		for _, text := range Stale(c, texts) {
			t.Logf("languages/%s translates %q, which is no text of the program any more", name, text)
		}
		compare(t, name, Write(c, headOf(string(b)), texts))
		x.add(c, texts)
	}
	compare(t, indexFile, x.String())
}

// programTexts returns the texts of the program.
func programTexts(t *testing.T) (all []Text) {
	order, comments := entries(source(t).texts())
	for _, text := range order {
		all = append(all, Text{text, comments[text]})
	}
	if len(all) < 500 {
		t.Fatalf("only %d texts are found", len(all))
	}
	return all
}

// compare tests that a file is this, or writes it.
func compare(t *testing.T, name, want string) {
	t.Helper()
	if os.Getenv("GENERATE") != "" {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(name); err != nil || string(b) != want {
		t.Errorf("languages/%s is not current: run make generate (%v)", name, err)
	}
}

// headOf returns the comment with which a catalogue begins.
func headOf(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			break
		}
		b.WriteString(line)
	}
	return b.String()
}

const head = `# All texts of the server, written by "make generate" from its source. To translate
# them, copy this file to one that is called after the tag of your language, such as
# de.toml or pt-BR.toml; docs/manual/languages.md says more.
#
# On the left of each line is the English text, on the right its translation; what is
# empty or left out stays English. Above it stand the places where it is used and, in
# parentheses, what its placeholders stand for.
#
# Placeholders such as %s and %d are replaced by names and numbers and must all be
# kept. Where your language needs them in another order, number them: "%[2]s" is the
# second of the English text. A percent sign is written "%%".
#
# Braces have a form for each plural form of the language, in the order of CLDR: two
# in English and German ("{%d message|%d messages}": one, other), three in Russian
# (one, few, many), one in Chinese. They depend on the first number in the braces, or
# else on the last one before them. Write braces for your language wherever a number
# makes a difference, also where English has none; leave them out where it makes none.

`

// body returns the rest of the template.
func body(texts []Text) string {
	var b strings.Builder
	b.WriteString("# What the speakers of the language call it.\nname = \"\"\n\n[texts]\n")
	for _, t := range texts {
		t.write(&b, "")
	}
	return b.String()
}

// TestTemplate tests that the template is read as it is written, and that a copy of it
// is a catalogue.
func TestTemplate(t *testing.T) {
	texts, err := Texts()
	if err != nil || len(texts) < 500 {
		t.Fatalf("%d texts, %v", len(texts), err)
	}
	if got := head + body(texts); got != read(t, template) {
		t.Error("the template is written otherwise than it is read")
	}
	copied := strings.Replace(read(t, template), `name = ""`, `name = "Deutsch"`, 1)
	copied = strings.Replace(copied, `"End of /LIST" = ""`, `"End of /LIST" = "Ende \"der\" Liste"`, 1)
	c, err := Parse("de.toml", []byte(copied))
	if err != nil {
		t.Fatal(err)
	}
	if c.Name() != "Deutsch" || c.Sprintf("End of /LIST") != `Ende "der" Liste` || c.Has("End of /NAMES list") {
		t.Errorf("a copy of the template gives %s, %q", c.Name(), c.Sprintf("End of /LIST"))
	}
	written := Write(c, "# By me.\n", texts)
	if !strings.HasPrefix(written, "# By me.\nname = \"Deutsch\"\n\n[texts]\n\n# ircd/") || strings.Count(written, " = ") != 2 {
		t.Errorf("it is written as %s", written)
	}
	missing := Missing(c, texts)
	if n := strings.Count(missing, ` = ""`); n != len(texts)-1 || strings.Contains(missing, "End of /LIST\"") {
		t.Errorf("%d of %d texts are missing", n, len(texts))
	}
	if stale, _ := lang.NewCatalogue("de", "x", map[lang.Text]string{"not there": "x", "End of /LIST": "y"}); len(Stale(stale, texts)) != 1 {
		t.Error("a text that is no more is not found")
	}
}

func read(t *testing.T, name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
