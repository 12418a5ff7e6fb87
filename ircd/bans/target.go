package bans

import (
	"net/netip"
	"strings"
	"time"
	"unicode"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/lang"
)

// An Error is what is wrong with a target, to be told to who wrote it.
type Error struct {
	Text lang.Text
	Args []any
}

func (e *Error) Error() string { return e.Text.Sprintf(e.Args...) }

func wrong(text lang.Text, args ...any) error { return &Error{text, args} }

// A Query is a target that has been understood.
type Query struct {
	Action Action
	Target string // in canonical form
	target target
	key    string
}

// Parse reads whom a ban of this action is to be about: an address, a network, a mask,
// an extended ban, or the name of an account. The error is an *Error.
func Parse(m casemap.Mapping, a Action, text string) (Query, error) {
	t, err := parseTarget(m, a, text)
	if err != nil {
		return Query{}, err
	}
	folded := m.Fold(t.text)
	if t.who != nil {
		folded = t.who.Key()
	}
	return Query{a, t.text, t, string(a) + " " + string(folded)}, nil
}

func parseTarget(m casemap.Mapping, a Action, text string) (target, error) {
	if a == Reserve {
		return parseName(m, text)
	}
	if p, err := ParseNetwork(text); err == nil {
		return compile(m, "*!*@"+p.String(), networkText(p))
	}
	if text != "" && !strings.ContainsAny(text, "!@*?.:~&/#") { // a bare word
		return compile(m, "a:"+text, "")
	}
	return compile(m, text, "")
}

// compile makes a target of an extended ban. Its text is the canonical form, unless
// there is a shorter one.
func compile(m casemap.Mapping, text, short string) (target, error) {
	e, err := extban.Parse(m, text)
	if err != nil {
		if x, ok := err.(*extban.Error); ok {
			return target{}, &Error{x.Text, x.Args}
		}
		return target{}, err
	}
	if e.Action() != extban.Ban || e.Expires() != 0 {
		return target{}, wrong("%s acts on channels; write only whom the ban is about.", text)
	}
	if p := e.Parts(); short == "" && len(p) == 1 && !p[0].Not && p[0].Network.IsValid() && strings.HasPrefix(p[0].Value, "*!*@") {
		short = networkText(p[0].Network)
	}
	if short == "" {
		short = e.String()
	}
	return target{text: short, who: e}, nil
}

// parseName reads the mask of a nick or a channel.
func parseName(m casemap.Mapping, text string) (target, error) {
	bad := strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || unicode.IsControl(r) })
	if bad || len(text) > casemap.MaxMask || strings.Trim(text, "*?#") == "" || text[0] == ':' {
		return target{}, wrong("%s is not the name, or the mask, of a nick or a channel.", lang.Verbatim.With(oneWord(text)))
	}
	t := target{text: text, mask: m.Compile(text)}
	if !strings.ContainsAny(text, "*?") {
		t.look = m.Skeleton(text)
	}
	return t, nil
}

func oneWord(s string) string {
	if s == "" {
		return "*"
	}
	return casemap.Truncate(s, 100)
}

// ParseNetwork reads an address, or a network.
func ParseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, err
	}
	return p.Masked(), nil
}

func networkText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// Match reports whether the target is s.
func (q Query) Match(s extban.Subject) bool { return q.target.who != nil && q.target.who.Match(s) }

// MatchName reports whether the target is a name that is reserved.
func (q Query) MatchName(name string) bool { return q.target.who == nil && q.target.mask.Match(name) }

// How much a ban must say, lest it be about too many who are not there now.
const (
	widestV4  = 16
	widestV6  = 32
	leastSaid = 4
)

// Wide reports whether the target could be about a great many, whoever is there now.
func (q Query) Wide() bool {
	if q.target.who == nil {
		return said(q.Target) < 2
	}
	for _, p := range q.target.who.Parts() {
		switch {
		case p.Not:
		case p.Network.IsValid():
			least := widestV6
			if p.Network.Addr().Is4() {
				least = widestV4
			}
			if p.Network.Bits() >= least {
				return false
			}
		case p.Letter == 'U', p.Letter == 'z', p.Letter == 's', p.Letter == 'C', p.Letter == 'G':
		case said(p.Value) >= leastSaid, p.Letter == 'a' && !strings.ContainsAny(p.Value, "*?"), p.Letter == 'A':
			return false
		}
	}
	return true
}

// said is how many characters of a mask are no wildcards and no punctuation.
func said(mask string) (n int) {
	for _, r := range mask {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// make returns the ban of a query.
func (q Query) make(b Ban, now time.Time) Ban {
	b.Action, b.Target, b.Set = q.Action, q.Target, now
	return b
}
