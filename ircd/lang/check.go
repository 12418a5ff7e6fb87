package lang

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var tagForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func validTag(s string) bool { return len(s) <= 35 && tagForm.MatchString(s) }

// printable reports whether s can be sent as part of a line.
func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

// check returns what is wrong with the translation of t, if anything.
func (c *Catalogue) check(t Text, translation string) error {
	if t == "" || strings.TrimSpace(translation) == "" {
		return errors.New("the translation is empty")
	}
	if !printable(translation) {
		return errors.New("the translation has a control character or is not UTF-8")
	}
	want, err := parse(string(t))
	if err != nil {
		return err
	}
	got, err := parse(translation)
	if err != nil {
		return err
	}
	if w, g := want.placeholders(), got.placeholders(); !slices.Equal(w, g) {
		return fmt.Errorf("the translation uses the placeholders %s, but the text has %s", g, w)
	}
	return c.rules.check(want, got)
}

// check returns what is wrong with the plural forms of a translation. It may have
// none where they make no difference to the language.
func (p plurals) check(want, got *format) error {
	for _, part := range got.parts {
		switch {
		case part.forms == nil:
		case len(part.forms) != len(p.forms):
			return fmt.Errorf("there are %d plural forms, but the language has %d: %s", len(part.forms), len(p.forms), strings.Join(p.names(), ", "))
		case !slices.Contains(want.counts(), part.count) && want.used[part.count] != "d":
			return fmt.Errorf("argument %d is no number", part.count)
		}
	}
	return nil
}

// Check returns what is wrong with a text of the program, if anything, and how many
// arguments it needs.
func (t Text) Check() (args int, err error) {
	f, err := parse(string(t))
	if err != nil {
		return 0, err
	}
	if !printable(string(t)) {
		return 0, fmt.Errorf("%q has a control character or is not UTF-8", t)
	}
	return f.most, english.check(f, f)
}

// Translatable reports whether t has words, and not only placeholders.
func (t Text) Translatable() bool {
	f, err := parse(string(t))
	if err != nil {
		return true
	}
	words := func(parts []part) bool {
		return slices.ContainsFunc(parts, func(p part) bool {
			return p.arg == 0 && strings.IndexFunc(p.text, unicode.IsLetter) >= 0
		})
	}
	return words(f.parts) || slices.ContainsFunc(f.parts, func(p part) bool { return slices.ContainsFunc(p.forms, words) })
}

// Verbs returns the verb of each argument of a text, such as "%s".
func Verbs(t Text) []string {
	f, err := parse(string(t))
	if err != nil {
		return nil
	}
	return f.placeholders()
}
