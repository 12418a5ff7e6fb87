package spamfilter

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
)

// Bounds of a pattern, so that even the worst costs little for each message.
const (
	MaxPattern = 300 // bytes
	maxProgram = 2000
)

// An Error is what is wrong with a filter, to be told to who wrote it.
type Error struct {
	Text lang.Text
	Args []any
}

func (e *Error) Error() string { return e.Text.Sprintf(e.Args...) }

func wrong(text lang.Text, args ...any) error { return &Error{text, args} }

// ParseTargets reads targets: their letters, their names separated by commas, or "*"
// for all. It returns the letters in the order of the table.
func ParseTargets(s string) (letters string, err error) {
	if s == "*" {
		for _, row := range targetRows {
			letters += string(row.Letter)
		}
		return letters, nil
	}
	var on [targets]bool
	if t, ok := named(s); ok || strings.Contains(s, ",") {
		for word := range strings.SplitSeq(s, ",") {
			if t, ok = named(word); !ok {
				return "", wrong("%s is none of the targets of a spam filter; HELP SPAMFILTER lists them", word)
			}
			on[t] = true
		}
	} else {
		for _, c := range []byte(s) {
			t, ok := lettered(c)
			if !ok {
				return "", wrong("%s is none of the targets of a spam filter; HELP SPAMFILTER lists them", casemap.Truncate(s, 40))
			}
			on[t] = true
		}
	}
	for _, row := range targetRows {
		if on[row.Target] {
			letters += string(row.Letter)
		}
	}
	if letters == "" {
		return "", wrong("Where is the pattern to be looked for? HELP SPAMFILTER lists the targets")
	}
	return letters, nil
}

func named(word string) (Target, bool) {
	for _, row := range targetRows {
		if casemap.ASCII.Equal(row.Name, word) {
			return row.Target, true
		}
	}
	return 0, false
}

func lettered(c byte) (Target, bool) {
	for _, row := range targetRows {
		if row.Letter == c {
			return row.Target, true
		}
	}
	return 0, false
}

// ParseAction returns the action of a name.
func ParseAction(s string) (Action, bool) {
	for _, row := range actionRows {
		if casemap.ASCII.Equal(string(row.Action), s) {
			return row.Action, true
		}
	}
	return "", false
}

// CutPattern cuts the pattern from what follows it: a regular expression ends with a
// slash and a space, in which \/ is a slash, and a mask with a space.
func CutPattern(s string) (pattern, rest string, err error) {
	if !strings.HasPrefix(s, "/") {
		pattern, rest, _ = strings.Cut(s, " ")
		return pattern, rest, nil
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '/' && (i+1 == len(s) || s[i+1] == ' '):
			return s[:i+1], strings.TrimPrefix(s[i+1:], " "), nil
		}
	}
	return "", "", wrong("A regular expression stands between slashes: /cheap (watches|pills)/")
}

// A matcher is a compiled filter.
type matcher struct {
	*Filter
	re *regexp.Regexp
	// need is a text in lower case without which nothing of ASCII matches, or "".
	need string
	rev  uint64
	own  bool // of the configuration
}

// compile checks and compiles a filter, and gives it its ID. The error is an *Error.
func compile(f Filter) (*matcher, error) {
	targets, err := ParseTargets(f.Targets)
	if err != nil {
		return nil, err
	}
	if severity(f.Action) < 0 {
		return nil, wrong("%s is none of the actions of a spam filter; HELP SPAMFILTER lists them", string(f.Action))
	}
	expression, err := expressionOf(f.Pattern)
	if err != nil {
		return nil, err
	}
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, wrong("This is no regular expression of RE2: %s", err.Error())
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > maxProgram {
		return nil, wrong("This pattern is too large: write it with fewer repetitions")
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		return nil, wrong("This is no regular expression of RE2: %s", err.Error())
	}
	if re.MatchString("") {
		return nil, wrong("This pattern fits any text, even an empty one")
	}
	f.Targets = targets
	sum := sha256.Sum256([]byte(targets + " " + f.Pattern))
	f.ID = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").EncodeToString(sum[:5])[:7]
	return &matcher{Filter: &f, re: re, need: literal(tree)}, nil
}

// expressionOf returns the regular expression of a pattern.
func expressionOf(pattern string) (string, error) {
	switch {
	case len(pattern) > MaxPattern:
		return "", wrong("This pattern is too long: at most %d bytes are possible", MaxPattern)
	case !utf8.ValidString(pattern) || strings.ContainsFunc(pattern, unicode.IsControl):
		return "", wrong("A pattern has no control characters: it is compared with text without them, too")
	case len(pattern) > 2 && pattern[0] == '/' && pattern[len(pattern)-1] == '/':
		return "(?i)" + pattern[1:len(pattern)-1], nil
	case strings.Trim(pattern, "*?/") == "":
		return "", wrong("This pattern fits any text")
	}
	var b strings.Builder
	b.WriteString("(?is)")
	for _, r := range strings.Trim(pattern, "*") {
		switch r {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String(), nil
}

// literal returns a text that is in all that a pattern matches, in lower case, or "".
func literal(re *syntax.Regexp) (best string) {
	switch re.Op {
	case syntax.OpLiteral:
		s := string(casemap.ASCII.Fold(string(re.Rune)))
		if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			return ""
		}
		return s
	case syntax.OpCapture, syntax.OpPlus:
		return literal(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if s := literal(sub); len(s) > len(best) {
				best = s
			}
		}
	}
	return best
}

// match reports whether the filter fits a text, of which lower is the form in lower
// case if it is ASCII, else "".
func (m *matcher) match(text, lower string) bool {
	if m.need != "" && lower != "" && !strings.Contains(lower, m.need) {
		return false
	}
	return m.re.MatchString(text)
}
