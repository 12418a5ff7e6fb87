package casemap

import (
	"strings"

	"github.com/ergochat/confusables"
)

// Skeleton returns the key of what name looks like: two names that people
// confuse have the same skeleton, whatever script their letters are from
// (Unicode Technical Standard 39, section 4). Names that are equal have the same
// skeleton, since it is that of the casefolded name; hence a capital I, which
// is a small i to the server, does not count as a small l.
//
// With every mapping 0 and o look alike, and so do 1, l and |. An m does not
// count as rn: too many honest names would be refused.
func (m Mapping) Skeleton(name string) Folded {
	s := string(m.Fold(name))
	if isASCII(s) && !strings.ContainsAny(s, "`\"%") {
		return Folded(lookalikes.Replace(s))
	}
	// What a character looks like may be a capital, which looks like something
	// else again when it is folded; two rounds settle that.
	for range 3 {
		next := foldUnicode(confusables.SkeletonTweaked(visible(s)))
		if next == s {
			break
		}
		s = next
	}
	return Folded(s)
}

// lookalikes are what the tables of Unicode say of most ASCII names.
var lookalikes = strings.NewReplacer("0", "o", "1", "l", "|", "l")

// visible returns s without what cannot be seen in it.
func visible(s string) string {
	s = strings.Map(func(r rune) rune {
		if ignorable(r) {
			return -1
		}
		return r
	}, s)
	// The dot of these letters hides another one.
	s = strings.ReplaceAll(s, "i\u0307", "i")
	return strings.ReplaceAll(s, "j\u0307", "j")
}
