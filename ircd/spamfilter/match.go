package spamfilter

import (
	"strings"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/wire"
)

// A table is the filters by target. It is not modified once it is in use.
type table [targets][]*matcher

// with returns the table of these filters.
func tableOf(all []*matcher) *table {
	var t table
	for _, m := range all {
		for _, c := range []byte(m.Targets) {
			if at, ok := lettered(c); ok {
				t[at] = append(t[at], m)
			}
		}
	}
	return &t
}

// Idle reports whether there are no filters.
func (s *Service) Idle() bool {
	for _, there := range s.table.Load() {
		if len(there) > 0 {
			return false
		}
	}
	return true
}

// Any reports whether a filter looks there at all.
func (s *Service) Any(at Target) bool { return len(s.table.Load()[at]) > 0 }

// Match returns the filters that fit one of several texts, such as a message and its
// lines, the severest first: it is the one that counts. Those that are only tried are
// behind the others.
func (s *Service) Match(at Target, texts ...string) (found []*Filter) {
	matchers := s.table.Load()[at]
	if len(matchers) == 0 {
		return nil
	}
	var forms []form
	for _, text := range texts {
		forms = appendForms(forms, text)
	}
	for _, m := range matchers {
		for _, f := range forms {
			if m.match(f.text, f.lower) {
				found = insert(found, m.Filter)
				break
			}
		}
	}
	return found
}

// insert puts a filter in its place among others.
func insert(all []*Filter, f *Filter) []*Filter {
	i := 0
	for i < len(all) && (f.Dry && !all[i].Dry || f.Dry == all[i].Dry && severity(all[i].Action) >= severity(f.Action)) {
		i++
	}
	all = append(all, nil)
	copy(all[i+1:], all[i:])
	all[i] = f
	return all
}

// A form is one of the ways to read a text.
type form struct{ text, lower string }

// appendForms adds the ways to read a text: as it is and, if that is something else,
// without colours and formatting, and in plain letters.
func appendForms(all []form, text string) []form {
	all = append(all, formOf(text))
	bare := wire.StripFormatting(text)
	if bare != text {
		all = append(all, formOf(bare))
	}
	if plain := casemap.Plain(bare); plain != bare {
		all = append(all, formOf(plain))
	}
	return all
}

func formOf(text string) form {
	if strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		return form{text: text}
	}
	return form{text, string(casemap.ASCII.Fold(text))}
}

// File returns the name of the file that a message offers by DCC, if it does.
func File(text string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(text, "\x01DCC ")
	if !ok {
		return "", false
	}
	words := strings.Fields(rest)
	if len(words) < 2 || !casemap.ASCII.Equal(words[0], "SEND") {
		return "", false
	}
	if start := strings.IndexByte(rest, '"'); start >= 0 { // a name with spaces
		if name, _, closed := strings.Cut(rest[start+1:], `"`); closed {
			return name, true
		}
	}
	return words[1], true
}
