package lang

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	tagForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	// verbForm is a verb of package fmt with flags, an argument's number,
	// width and precision. Texts use no widths that are arguments.
	verbForm = regexp.MustCompile(`%[-+# 0]*(?:\[([0-9]+)\])?[0-9]*(?:\.[0-9]+)?([a-zA-Z%])`)
)

func validTag(s string) bool { return len(s) <= 35 && tagForm.MatchString(s) }

// printable reports whether s can be sent as part of a line.
func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

// check returns what is wrong with the translation of t, if anything.
func check(t Text, translation string) error {
	if t == "" || strings.TrimSpace(translation) == "" {
		return errors.New("the translation is empty")
	}
	if !printable(translation) {
		return errors.New("the translation has a control character or is not UTF-8")
	}
	want, err := verbs(string(t))
	if err != nil {
		return err
	}
	got, err := verbs(translation)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("the translation uses the placeholders %s, but the text has %s", got, want)
	}
	return nil
}

// verbs returns the verb of each argument that s formats, in the order of the
// arguments. "%[2]s of %[1]d" is allowed, so that a language can have its own
// order of words.
func verbs(s string) ([]string, error) {
	used := map[int]string{}
	next := 1
	rest := s
	for {
		i := strings.IndexByte(rest, '%')
		if i < 0 {
			break
		}
		rest = rest[i:]
		m := verbForm.FindStringSubmatch(rest)
		if m == nil || !strings.HasPrefix(rest, m[0]) {
			return nil, fmt.Errorf("a percent sign in %q begins no placeholder: write %%%%", s)
		}
		rest = rest[len(m[0]):]
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		if before, ok := used[next]; ok && before != m[2] {
			return nil, fmt.Errorf("%q uses argument %d as %%%s and as %%%s", s, next, before, m[2])
		}
		used[next] = m[2]
		next++
	}
	list := make([]string, 0, len(used))
	for n := 1; n <= len(used); n++ {
		verb, ok := used[n]
		if !ok {
			return nil, fmt.Errorf("%q leaves out argument %d", s, n)
		}
		list = append(list, "%"+verb)
	}
	return list, nil
}
