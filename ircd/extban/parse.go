package extban

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/casemap"
)

// Parse compiles an entry of at most casemap.MaxMask bytes. Plain masks are
// completed by casemap.NormaliseMask. The error is an *Error, fit to be sent to
// the user: https://modern.ircdocs.horse/#errinvalidmodeparam-696
func Parse(m casemap.Mapping, s string) (*Entry, error) {
	if len(s) > casemap.MaxMask {
		return nil, wrong("This is too long: at most %d bytes are possible.", casemap.MaxMask)
	}
	if !utf8.ValidString(s) || strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return nil, wrong("Control characters are not possible in an entry.")
	}
	p := parser{mapping: m, entry: &Entry{}}
	rest, err := p.acting(s)
	if err != nil {
		return nil, err
	}
	for i, t := range splitTerms(rest) {
		if i > 0 {
			p.write("&", "&")
		}
		if err := p.term(t, i == 0); err != nil {
			return nil, err
		}
	}
	e := p.entry
	e.text, e.key = p.text.String(), m.Fold(p.named.String())
	if len(e.text) > casemap.MaxMask {
		return nil, wrong("This is too long: at most %d bytes are possible.", casemap.MaxMask)
	}
	return e, nil
}

// A parser collects the canonical form of an entry. Letters that differ only in
// case differ in meaning, so the key is made from the form with names.
type parser struct {
	mapping     casemap.Mapping
	entry       *Entry
	text, named strings.Builder
}

func (p *parser) write(text, named string) {
	p.text.WriteString(text)
	p.named.WriteString(named)
}

// acting parses the acting extended bans at the beginning of s, and returns what
// follows them.
func (p *parser) acting(s string) (string, error) {
	duration := ""
	var text, named string
	for {
		h := parseHead(s)
		if h.row == nil || !h.row.Acting {
			p.write(duration, duration)
			p.write(text, named)
			return s, nil
		}
		if h.not {
			return "", wrong("Put the ! behind %s:, before what is matched.", h.row.Name)
		}
		param, rest, err := h.row.act(p.entry, p.mapping, h.value)
		if err != nil {
			return "", err
		}
		if param != "" {
			param += ":"
		}
		if h.row.Letter == 't' { // in front, in whatever order they were written
			duration = "t:" + param
		} else {
			text = string(h.row.Letter) + ":" + param
			named = h.row.Name + ":" + param
		}
		s = rest
	}
}

// term parses one condition; a plain mask can only be the first.
func (p *parser) term(s string, first bool) error {
	h := parseHead(s)
	if h.row == nil {
		if h.tilde && h.value != "" {
			return wrong("There is no extended ban called %s.", h.name)
		}
		return p.plain(s)
	}
	if h.row.Acting {
		return wrong("%s must stand at the beginning of an entry.", h.row.Usage)
	}
	h.value = strings.ReplaceAll(h.value, " ", "?")
	if h.value == "" {
		return wrong("Something is missing: write %s.", h.row.Usage)
	}
	value, err := p.condition(h)
	if err != nil {
		return err
	}
	not := ""
	if h.not {
		not = "!"
	}
	p.write(not+string(h.row.Letter)+":"+value, not+h.row.Name+":"+value)
	return nil
}

func (p *parser) condition(h head) (string, error) {
	if h.row.Letter == filterLetter {
		if h.not {
			return "", wrong("A filter for text cannot be negated.")
		}
		return p.entry.setFilter(p.mapping, h.value)
	}
	t, value, err := h.row.parse(p.mapping, h.value)
	if err != nil {
		return "", err
	}
	t.not, t.letter, t.text = h.not, h.row.Letter, value
	p.entry.terms = append(p.entry.terms, t)
	return value, nil
}

func (p *parser) plain(s string) error {
	mask := casemap.NormaliseMask(s)
	if mask == "" {
		return wrong("Write a mask such as nick!user@host, without spaces.")
	}
	// No nick or username has a colon, so this is a misspelt extended ban.
	who := mask[:strings.LastIndexByte(mask, '@')]
	if name, _, ok := strings.Cut(s, ":"); ok && (strings.Contains(who, ":") || !strings.ContainsAny(s, "!@") && !isAddress(s)) {
		return wrong("There is no extended ban called %s.", name)
	}
	t := maskTerm(p.mapping, mask)
	p.entry.terms = append(p.entry.terms, t)
	p.write(t.text, t.text)
	return nil
}

// isAddress reports whether s can be a mask for IPv6 addresses.
func isAddress(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF:.*?/") == "" }

// A head is the beginning of an extended ban, up to the colon.
type head struct {
	tilde, not bool
	name       string
	row        *Row // nil if there is none called name
	value      string
}

func parseHead(s string) (h head) {
	for s != "" && (s[0] == '~' && !h.tilde || s[0] == '!' && !h.not) {
		h.tilde = h.tilde || s[0] == '~'
		h.not = h.not || s[0] == '!'
		s = s[1:]
	}
	name, value, ok := strings.Cut(s, ":")
	h.name = name
	if ok {
		h.row, h.value = lookup(name), value
	}
	return h
}

// splitTerms splits s at each & that is followed by an extended ban.
func splitTerms(s string) []string {
	var terms []string
	start := 0
	for i := range len(s) {
		if s[i] == '&' && parseHead(s[i+1:]).row != nil {
			terms = append(terms, s[start:i])
			start = i + 1
		}
	}
	return append(terms, s[start:])
}

func collapse(s string) string {
	for strings.Contains(s, "**") {
		s = strings.ReplaceAll(s, "**", "*")
	}
	return s
}
