package lang

import (
	"reflect"
	"slices"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// plurals are the rules by which a language chooses a form for a whole number.
// https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
type plurals struct {
	tag   language.Tag
	forms []plural.Form // that whole numbers have, in the order of CLDR
}

var english = pluralsOf("en")

// inOrder are the forms in the order of CLDR, in which translations have them.
var inOrder = []plural.Form{plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other}

var formNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// pluralsOf returns the rules of a language. Those of one that nobody knows are those
// of English.
func pluralsOf(tag string) plurals {
	t, err := language.Parse(tag)
	if err != nil {
		t = language.English
	}
	p := plurals{tag: t}
	for n := range 201 { // no rule for whole numbers looks at more than their last two digits
		if f := p.match(n); !slices.Contains(p.forms, f) {
			p.forms = append(p.forms, f)
		}
	}
	slices.SortFunc(p.forms, func(a, b plural.Form) int { return slices.Index(inOrder, a) - slices.Index(inOrder, b) })
	return p
}

func (p plurals) match(n int) plural.Form { return plural.Cardinal.MatchPlural(p.tag, n, 0, 0, 0, 0) }

// form returns which of the forms an argument gets: what is no whole number gets the
// last one.
func (p plurals) form(arg any) int {
	n, ok := whole(arg)
	if !ok {
		return len(p.forms) - 1
	}
	return max(0, slices.Index(p.forms, p.match(n)))
}

func (p plurals) names() (all []string) {
	for _, f := range p.forms {
		all = append(all, formNames[f])
	}
	return all
}

// whole returns the size of a whole number, of whatever type. Beyond a million only
// the last digits are looked at, as the rules do.
func whole(arg any) (n int, ok bool) {
	v := reflect.ValueOf(arg)
	switch {
	case v.CanInt():
		i := v.Int()
		if i < 0 {
			i = -i
		}
		return reduced(uint64(i)), true
	case v.CanUint():
		return reduced(v.Uint()), true
	}
	return 0, false
}

func reduced(n uint64) int {
	if n >= 1_000_000 {
		n = 1_000_000 + n%1_000_000
	}
	return int(n)
}
