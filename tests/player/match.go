package player

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// expand replaces "\xNN" by that byte, and "{TEXT*N}" by N times TEXT.
func expand(text string) string {
	text = hex.ReplaceAllStringFunc(text, func(s string) string {
		n, _ := strconv.ParseUint(s[2:], 16, 8)
		return string([]byte{byte(n)})
	})
	return times.ReplaceAllStringFunc(text, func(s string) string {
		i := strings.LastIndexByte(s, '*')
		count, _ := strconv.Atoi(s[i+1 : len(s)-1])
		return strings.Repeat(s[1:i], count)
	})
}

var (
	hex   = regexp.MustCompile(`\\x[0-9a-f]{2}`)
	times = regexp.MustCompile(`\{[^{}]+\*[0-9]+\}`)
)

// A binding is the texts that $NAME stands for.
type binding map[string]string

var bindable = regexp.MustCompile(`\$[a-z][a-z0-9]*`)

// fill replaces the names that stand for something.
func (b binding) fill(text string) string {
	return bindable.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := b[name]; ok {
			return value
		}
		return name
	})
}

// match compares a message with what is wanted, and binds the names in it if all
// of it is so. Tags and the source are compared if they are given: "@tag=" means
// that it is absent, "@tag" that it is there. A last parameter "..." stands for
// any number of parameters.
func (b binding) match(want, got message) bool {
	try := maps.Clone(b)
	for key, value := range want.tags {
		has, ok := got.tags[key]
		switch {
		case value == "" && strings.Contains(want.raw, key+"="):
			if ok {
				return false
			}
		case !ok || value != "" && !try.word(value, has):
			return false
		}
	}
	if want.source != "" && !try.word(want.source, got.source) || !try.word(want.command, got.command) {
		return false
	}
	params := want.params
	if n := len(params) - 1; n >= 0 && params[n] == "..." && len(got.params) >= n {
		params = params[:n]
	} else if len(params) != len(got.params) {
		return false
	}
	for i, p := range params {
		if !try.word(p, got.params[i]) {
			return false
		}
	}
	maps.Copy(b, try)
	return true
}

var special = regexp.MustCompile(`\\[*?$]|\*|\?|\$[a-z][a-z0-9]*`)

// word compares one tag, source or parameter. "*" and "?" are as in masks, unless
// they are behind a backslash; {A B C} are words in any order.
func (b binding) word(want, got string) bool {
	if list, ok := strings.CutPrefix(want, "{"); ok && strings.HasSuffix(list, "}") {
		return b.words(strings.Fields(list[:len(list)-1]), strings.Fields(got))
	}
	if !utf8.ValidString(want) || !utf8.ValidString(got) {
		want, got = characters(want), characters(got)
	}
	var pattern strings.Builder
	var names []string
	pattern.WriteString(`(?s)\A`)
	rest := want
	for {
		at := special.FindStringIndex(rest)
		if at == nil {
			break
		}
		pattern.WriteString(regexp.QuoteMeta(rest[:at[0]]))
		word := rest[at[0]:at[1]]
		rest = rest[at[1]:]
		switch {
		case word == "*":
			pattern.WriteString(".*")
		case word == "?":
			pattern.WriteString(".")
		case word[0] == '\\':
			pattern.WriteString(regexp.QuoteMeta(word[1:]))
		default:
			if value, ok := b[word]; ok {
				pattern.WriteString(regexp.QuoteMeta(value))
				continue
			}
			names = append(names, word)
			pattern.WriteString("(.+)")
		}
	}
	pattern.WriteString(regexp.QuoteMeta(rest) + `\z`)
	m := regexp.MustCompile(pattern.String()).FindStringSubmatch(got)
	if m == nil {
		return false
	}
	for i, name := range names {
		if value, ok := b[name]; ok && value != m[i+1] {
			return false
		}
		b[name] = m[i+1]
	}
	return true
}

// words compares lists, whatever their order.
func (b binding) words(want, got []string) bool {
	for _, w := range want {
		i := slices.IndexFunc(got, func(g string) bool { return b.word(w, g) })
		if i < 0 {
			return false
		}
		got = slices.Delete(got, i, i+1)
	}
	return len(got) == 0
}

// characters returns s with a character for each byte, because patterns have to be
// UTF-8.
func characters(s string) string {
	all := make([]rune, len(s))
	for i := range len(s) {
		all[i] = rune(s[i])
	}
	return string(all)
}

// show returns a line as the files have it: with "\xNN" for what cannot be printed.
func show(line string) string {
	var b strings.Builder
	for i, r := range line {
		switch {
		case r == utf8.RuneError && line[i] != "\uFFFD"[0], r < ' ':
			fmt.Fprintf(&b, `\x%02x`, line[i])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
