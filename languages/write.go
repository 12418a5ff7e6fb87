package languages

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/parley-irc/parley/ircd/lang"
)

// A Text is a text of the program as the template has it.
type Text struct {
	Text     lang.Text
	Comments []string // where it is used, and what its placeholders stand for
}

// Texts returns the texts of the program in the order of the template.
func Texts() ([]Text, error) {
	b, err := files.ReadFile(template)
	if err != nil {
		return nil, err
	}
	return parseTemplate(string(b))
}

// parseTemplate reads a template as Write writes it.
func parseTemplate(s string) (all []Text, err error) {
	var comments []string
	_, s, _ = strings.Cut(s, "\n[texts]\n")
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if comment, ok := strings.CutPrefix(line, "# "); ok {
			comments = append(comments, comment)
			continue
		}
		if line == "" {
			comments = nil
			continue
		}
		var one map[string]string
		if _, err := toml.Decode(line, &one); err != nil {
			return nil, err
		}
		for text := range one {
			all = append(all, Text{lang.Text(text), comments})
		}
		comments = nil
	}
	return all, nil
}

// Tags returns the tags of the languages that have files, English not among them.
func Tags() (tags []string, err error) {
	names, err := fs.Glob(files, "*.toml")
	for _, name := range names {
		if name != template && name != indexFile {
			tags = append(tags, strings.TrimSuffix(path.Base(name), ".toml"))
		}
	}
	return tags, err
}

// Missing returns the texts that a catalogue lacks, as lines that it can be given.
func Missing(c *lang.Catalogue, texts []Text) string {
	var b strings.Builder
	for _, t := range texts {
		if !c.Has(t.Text) {
			t.write(&b, "")
		}
	}
	return b.String()
}

// Stale returns those of a catalogue's texts that the program no longer has.
func Stale(c *lang.Catalogue, texts []Text) []lang.Text {
	known := map[lang.Text]bool{}
	for _, t := range texts {
		known[t.Text] = true
	}
	return slices.Sorted(maps.Keys(maps.Collect(func(yield func(lang.Text, bool) bool) {
		for t := range c.Keys {
			if !known[t] && !yield(t, true) {
				return
			}
		}
	})))
}

// Write returns a catalogue as its file is written: in the order of the template, with
// its comments, without what is missing or stale.
func Write(c *lang.Catalogue, head string, texts []Text) string {
	var b strings.Builder
	b.WriteString(head)
	b.WriteString("name = " + quote(c.Name()) + "\n\n[texts]\n")
	for _, t := range texts {
		if translation := c.Translation(t.Text); translation != "" {
			t.write(&b, translation)
		}
	}
	return b.String()
}

// write writes an entry of a catalogue.
func (t Text) write(b *strings.Builder, translation string) {
	b.WriteString("\n")
	for _, c := range t.Comments {
		b.WriteString("# " + c + "\n")
	}
	b.WriteString(quote(string(t.Text)) + " = " + quote(translation) + "\n")
}

// quote returns s as a basic string of TOML.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u` + strings.ToUpper(strconv.FormatInt(0x10000+int64(r), 16))[1:])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Compare counts the texts and those that each catalogue has, for the index.
func (x *index) add(c *lang.Catalogue, texts []Text) {
	n := 0
	for _, t := range texts {
		if c.Has(t.Text) {
			n++
		}
	}
	x.Languages[c.Tag()] = entry{c.Name(), n}
}

// String returns the index as its file is written.
func (x index) String() string {
	var b strings.Builder
	b.WriteString("# How many texts there are, and how many each language has. Written by \"make generate\".\n")
	b.WriteString("texts = " + strconv.Itoa(x.Texts) + "\n")
	for _, tag := range slices.Sorted(maps.Keys(x.Languages)) {
		l := x.Languages[tag]
		b.WriteString("\n[languages." + tag + "]\nname = " + quote(l.Name) + "\ntranslated = " + strconv.Itoa(l.Translated) + "\n")
	}
	return b.String()
}
