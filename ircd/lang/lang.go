// Package lang is about texts that are shown to people: a type for them, and
// catalogues that translate them.
//
// Everything a person may read is a Text, a type of its own, so that the texts
// of the program can be collected from its source and a sentence that was
// forgotten is found by the compiler. The English text itself is the key of its
// translations: there are no message numbers to look up, and a text that nobody
// translated is still a good sentence. A catalogue is a value, not a setting of
// the process, because every client chooses a language for itself.
//
// A Text is a format of package fmt. What depends on a number is written for each
// plural form of the language, in braces: "{%d entry|%d entries} in the list" in
// English, three forms in Russian, one in Chinese. The number is the first integer
// in the braces or else the last one before them. Text has no other braces.
package lang

import (
	"fmt"
	"strings"
)

// A Text is a plain English sentence, possibly with the verbs of package fmt.
type Text string

// String returns the text as it is, as a key of catalogues.
func (t Text) String() string { return string(t) }

// Sprintf returns the text in English with its verbs replaced by args.
func (t Text) Sprintf(args ...any) string {
	var english *Catalogue
	return english.Sprintf(t, args...)
}

// With returns the text with what its verbs stand for.
func (t Text) With(args ...any) Phrase { return Phrase{t, args} }

// Verbatim is the text of what is not to be translated, such as what a user said.
const Verbatim Text = "%s"

// A Phrase is something to be said, in whatever language it will be read. The zero
// Phrase says nothing.
type Phrase struct {
	Text Text
	Args []any // may be texts and phrases, which are translated, too
}

// Verbatim reports whether the phrase is one string, which is not to be translated.
func (p Phrase) Verbatim() bool {
	if p.Text != Verbatim || len(p.Args) != 1 {
		return false
	}
	_, ok := p.Args[0].(string)
	return ok
}

// In returns the phrase in the language of a catalogue.
func (p Phrase) In(c *Catalogue) string {
	if p.Verbatim() {
		return p.Args[0].(string)
	}
	return c.Sprintf(p.Text, p.Args...)
}

// String returns the phrase in English.
func (p Phrase) String() string { return p.Text.Sprintf(p.Args...) }

// Heard returns what another program has sent as a text and its arguments. What does
// not fit together is shown as it is.
func Heard(text string, args []any) Phrase {
	f, err := parse(text)
	if err != nil || f.most != len(args) || f.wide {
		return Verbatim.With(text)
	}
	return Phrase{Text(text), args}
}

// Sprintf returns t in the language of the catalogue with its verbs replaced by
// args. An argument that is itself a Text or a Phrase is translated, too.
func (c *Catalogue) Sprintf(t Text, args ...any) string {
	format, from := c.find(t)
	if len(args) == 0 && !strings.ContainsAny(format, "%{") {
		return format
	}
	if strings.IndexByte(format, '{') >= 0 {
		format, args = from.choose(format, args)
	}
	return fmt.Sprintf(format, c.translated(args)...)
}

// translated returns args with those translated that are texts.
func (c *Catalogue) translated(args []any) []any {
	for i, arg := range args {
		switch arg.(type) {
		case Text, Phrase:
			all := append([]any(nil), args...)
			for ; i < len(all); i++ {
				switch arg := all[i].(type) {
				case Text:
					all[i] = c.Sprintf(arg)
				case Phrase:
					all[i] = arg.In(c)
				}
			}
			return all
		}
	}
	return args
}
