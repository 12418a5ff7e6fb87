package lang

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// verbForm is a verb of package fmt with flags, width, precision and an argument's
// number, or a percent sign. Texts use no widths that are arguments, nor any of more than
// two digits, with which a translation could fill the memory.
var verbForm = regexp.MustCompile(`^%(?:([-+# 0]*[0-9]{0,2}(?:\.[0-9]{1,2})?)(?:\[([0-9]+)\])?([a-zA-Z])|%)`)

// A format is a text in its parts.
type format struct {
	parts []part
	used  map[int]string // the verb of each argument, counted from 1
	most  int            // the highest number of an argument
	wide  bool           // some verb has flags or a width
	next  int            // the argument of the next verb that has no number
	last  int            // the last integer, or 0
}

// A part is plain text, a verb or a group of plural forms.
type part struct {
	text  string
	arg   int // of a verb: the number of its argument
	forms [][]part
	count int // of a group: the number of the argument that it depends on
}

// parse divides a text into its parts.
func parse(s string) (*format, error) {
	f := &format{used: map[int]string{}, next: 1}
	for rest := s; rest != ""; {
		end := strings.IndexAny(rest, "{}")
		if end < 0 {
			end = len(rest)
		}
		parts, err := f.verbs(rest[:end])
		if err != nil {
			return nil, fmt.Errorf("%q: %w", s, err)
		}
		if f.parts, rest = append(f.parts, parts...), rest[end:]; rest == "" {
			break
		}
		inside, after, ok := strings.Cut(rest[1:], "}")
		if rest[0] == '}' || !ok || strings.Contains(inside, "{") {
			return nil, fmt.Errorf("%q: braces are for plural forms, as in {%%d message|%%d messages}", s)
		}
		g, err := f.group(strings.Split(inside, "|"))
		if err != nil {
			return nil, fmt.Errorf("%q: %w", s, err)
		}
		f.parts, rest = append(f.parts, g), after
	}
	for n := 1; n <= f.most; n++ {
		if f.used[n] == "" {
			return nil, fmt.Errorf("%q leaves out argument %d", s, n)
		}
	}
	return f, nil
}

// group reads the plural forms, each of which begins at the same argument.
func (f *format) group(forms []string) (g part, err error) {
	first, before, after := f.next, f.last, f.next
	for _, form := range forms {
		f.next, f.last = first, 0
		parts, err := f.verbs(form)
		if err != nil {
			return g, err
		}
		if g.count == 0 {
			g.count = f.last
		}
		g.forms, after = append(g.forms, parts), max(after, f.next)
	}
	if g.count == 0 {
		g.count = before
	}
	if f.next, f.last = after, before; g.count == 0 {
		return g, fmt.Errorf("no number is in or before the plural forms %q", forms)
	}
	return g, nil
}

// verbs divides a text without braces.
func (f *format) verbs(s string) (parts []part, err error) {
	for s != "" {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			return append(parts, part{text: s}), nil
		}
		if i > 0 {
			parts, s = append(parts, part{text: s[:i]}), s[i:]
		}
		m := verbForm.FindStringSubmatch(s)
		if m == nil {
			return nil, fmt.Errorf("a percent sign begins no placeholder: write %%%%")
		}
		s = s[len(m[0]):]
		if m[3] == "" {
			parts = append(parts, part{text: "%%"})
			continue
		}
		n := f.next
		if m[2] != "" {
			n, _ = strconv.Atoi(m[2])
		}
		if err := f.use(n, m[3]); err != nil {
			return nil, err
		}
		f.wide = f.wide || m[1] != ""
		parts = append(parts, part{text: "%" + m[1] + "[" + strconv.Itoa(n) + "]" + m[3], arg: n})
	}
	return parts, nil
}

// maxArgs is how many arguments a text can have.
const maxArgs = 20

func (f *format) use(n int, verb string) error {
	switch before := f.used[n]; {
	case n < 1 || n > maxArgs:
		return fmt.Errorf("there is no argument %d", n)
	case before != "" && before != verb:
		return fmt.Errorf("argument %d is used as %%%s and as %%%s", n, before, verb)
	}
	f.used[n], f.next, f.most = verb, n+1, max(f.most, n)
	if verb == "d" {
		f.last = n
	}
	return nil
}

// placeholders returns the verb of each argument in order.
func (f *format) placeholders() (list []string) {
	for n := 1; n <= f.most; n++ {
		list = append(list, "%"+f.used[n])
	}
	return list
}

// counts returns the arguments that plural forms depend on, in order.
func (f *format) counts() (list []int) {
	for _, p := range f.parts {
		if p.forms != nil {
			list = append(list, p.count)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// choose returns a format with the plural forms that fit its arguments, and the
// arguments, of which there are none if the format shows none.
func (c *Catalogue) choose(s string, args []any) (string, []any) {
	f, err := parse(s)
	if err != nil {
		return s, args // catalogues are checked, and so are the texts of the program
	}
	var b strings.Builder
	shown := false
	write := func(p part) {
		b.WriteString(p.text)
		shown = shown || p.arg > 0
	}
	for _, p := range f.parts {
		if p.forms == nil {
			write(p)
			continue
		}
		for _, q := range p.forms[c.form(p, args)] {
			write(q)
		}
	}
	if !shown {
		args = nil
	}
	return b.String(), args
}

// form returns which form of a group fits the arguments.
func (c *Catalogue) form(group part, args []any) int {
	rules, last := english, len(group.forms)-1
	if c != nil {
		rules = c.rules
	}
	if group.count > len(args) {
		return last
	}
	return min(last, rules.form(args[group.count-1]))
}
