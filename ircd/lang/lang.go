// Package lang is about texts that are shown to people: a type for them, and
// catalogues that translate them.
//
// Everything a person may read is a Text, a type of its own, so that the texts
// of the program can be collected from its source and a sentence that was
// forgotten is found by the compiler. The English text itself is the key of its
// translations: there are no message numbers to look up, and a text that nobody
// translated is still a good sentence. A catalogue is a value, not a setting of
// the process, because every client chooses a language for itself.
package lang

import "fmt"

// A Text is a plain English sentence, possibly with the verbs of package fmt.
type Text string

// String returns the text in English, as it is.
func (t Text) String() string { return string(t) }

// Sprintf returns the text in English with its verbs replaced by args.
func (t Text) Sprintf(args ...any) string {
	var english *Catalogue
	return english.Sprintf(t, args...)
}

// With is Sprintf if there are args; without, the text is taken as it is, percent
// signs and all.
func (t Text) With(args ...any) string {
	if len(args) == 0 {
		return string(t)
	}
	return t.Sprintf(args...)
}

// A Catalogue has the translations of texts into one language. The catalogue of
// English is nil. A Catalogue is not changed once it is made, and may be used by
// several goroutines.
type Catalogue struct {
	tag   string
	name  string
	texts map[Text]string
}

// NewCatalogue returns the catalogue of a language. The tag is that of BCP 47, as
// "de" or "pt-BR", and name is what the speakers call their language. Each
// translation must use the verbs of its text, and must not contain control
// characters; the error names the first that does.
func NewCatalogue(tag, name string, texts map[Text]string) (*Catalogue, error) {
	if !validTag(tag) {
		return nil, fmt.Errorf("language %q: not a language tag such as de or pt-BR", tag)
	}
	if name == "" || !printable(name) {
		return nil, fmt.Errorf("language %s: a name is missing", tag)
	}
	for t, translation := range texts {
		if err := check(t, translation); err != nil {
			return nil, fmt.Errorf("language %s: text %q: %w", tag, t, err)
		}
	}
	return &Catalogue{tag, name, texts}, nil
}

// Tag returns the tag of the language.
func (c *Catalogue) Tag() string {
	if c == nil {
		return "en"
	}
	return c.tag
}

// Name returns what the speakers of the language call it.
func (c *Catalogue) Name() string {
	if c == nil {
		return "English"
	}
	return c.name
}

// Has reports whether t is translated. English has every text.
func (c *Catalogue) Has(t Text) bool {
	if c == nil {
		return true
	}
	_, ok := c.texts[t]
	return ok
}

// Text returns t in the language of the catalogue, or in English if it is not
// translated.
func (c *Catalogue) Text(t Text) string {
	if c == nil {
		return string(t)
	}
	if s, ok := c.texts[t]; ok {
		return s
	}
	return string(t)
}

// Sprintf returns t in the language of the catalogue with its verbs replaced by
// args. An argument that is itself a Text is translated, too.
func (c *Catalogue) Sprintf(t Text, args ...any) string {
	translated := make([]any, len(args))
	for i, arg := range args {
		if inner, ok := arg.(Text); ok {
			arg = c.Text(inner)
		}
		translated[i] = arg
	}
	return fmt.Sprintf(c.Text(t), translated...)
}
