package chanreg

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestChange(t *testing.T) {
	for _, test := range []struct {
		from   Flags
		change string
		want   Flags
		bad    rune
	}{
		{"", "+ot", "ot", 0},
		{"ot", "-o", "t", 0},
		{"ot", "v", "otv", 0},
		{"ot", "+v-o+O", "Otv", 0},
		{"t", "-*", "", 0},
		{"", "+*", All, 0},
		{"F", "+*", All, 0},
		{"o", "aop", Templates["AOP"], 0},
		{"o", "VOP", "V", 0},
		{"o", "+x", "o", 'x'},
		{"o", "LIST", "o", 'L'},
		{"o", "+о", "o", 'о'}, // Cyrillic
	} {
		got, bad := test.from.Change(test.change)
		if got != test.want || bad != test.bad {
			t.Errorf("%q changed by %q is %q (%q), want %q (%q)", test.from, test.change, got, bad, test.want, test.bad)
		}
	}
}

// TestChangeIsItsInverse tests that what is given can be taken again, and nothing else
// changes.
func TestChangeIsItsInverse(t *testing.T) {
	letters := rapid.StringOfN(rapid.SampledFrom([]rune(All)), 0, 20, -1)
	rapid.Check(t, func(t *rapid.T) {
		from, _ := Flags("").Change("+" + letters.Draw(t, "from"))
		more := letters.Draw(t, "more")
		given, bad := from.Change("+" + more)
		if bad != 0 || from.Without(given) != "" || Flags(more).Without(given) != "" {
			t.Fatalf("%q and +%q make %q", from, more, given)
		}
		taken, _ := given.Change("-" + more)
		if taken != from.Without(Flags(more)) {
			t.Fatalf("%q without %q is %q", given, more, taken)
		}
	})
}

func TestTemplates(t *testing.T) {
	rows := ""
	for _, row := range FlagRows {
		rows += string(row.Letter)
	}
	if got := (All + "F").sorted(); got != Flags(rows).sorted() {
		t.Errorf("All is %q, the rows are %q", got, Flags(rows).sorted())
	}
	for name, f := range Templates {
		if f != f.sorted() && f.sorted().Template() != name {
			t.Errorf("%s is not found by its flags", name)
		}
		if got := f.Template(); got != name {
			t.Errorf("%s is found as %q", name, got)
		}
		if strings.Trim(string(f), rows) != "" {
			t.Errorf("%s has a flag that does not exist: %s", name, f)
		}
	}
	for f, want := range map[Flags]byte{"FAO": 'q', "AO": 'a', "OHV": 'o', "HV": 'h', "Vt": 'v', "ovha": 0} {
		if got := f.Status(); got != want {
			t.Errorf("%s brings %q, want %q", f, got, want)
		}
	}
}
