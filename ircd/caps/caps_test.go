package caps

import (
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	if len(table) > 64 {
		t.Fatalf("%d capabilities do not fit a Set", len(table))
	}
	seen := map[string]bool{}
	for i, r := range table {
		if r.Name == "" || r.URL == "" || !strings.HasSuffix(r.Help, ".") {
			t.Errorf("row %d (%s) is incomplete", i, r.Name)
		}
		if seen[r.Name] {
			t.Errorf("%s is there twice", r.Name)
		}
		seen[r.Name] = true
		if strings.ContainsAny(r.Name, " =") || r.Name[0] == '-' {
			t.Errorf("%q is no name of a capability", r.Name)
		}
		if c, ok := ByName(r.Name); !ok || c != Cap(i) || c.String() != r.Name {
			t.Errorf("ByName(%q) = %v, %v", r.Name, c, ok)
		}
		if r.Needs.Has(Cap(i)) {
			t.Errorf("%s needs itself", r.Name)
		}
	}
	if _, ok := ByName("Batch"); ok {
		t.Error("names are not case-sensitive")
	}
}

func TestSet(t *testing.T) {
	s := Of(Batch, SASL)
	switch {
	case !s.Has(Batch), s.Has(STS), !s.HasAll(Of(SASL)), s.HasAll(Of(SASL, STS)),
		!s.HasAny(Of(SASL, STS)), s.HasAny(Of(STS)), s.With(STS).Without(STS) != s:
		t.Error("a set does not work")
	}
	if got := s.String(); got != "batch sasl" {
		t.Errorf("String() = %q", got)
	}
	if got := slices.Collect(s.Each()); !slices.Equal(got, []Cap{Batch, SASL}) {
		t.Errorf("Each: %v", got)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		words string
		max   int
		want  []string
	}{
		{"", 5, []string{""}},
		{"a b c", 5, []string{"a b c"}},
		{"a b cd", 5, []string{"a b", "cd"}},
		{"aaaaaaaaa b", 5, []string{"aaaaaaaaa", "b"}},
	} {
		if got := Wrap(strings.Fields(c.words), c.max); !slices.Equal(got, c.want) {
			t.Errorf("Wrap(%q, %d) = %q", c.words, c.max, got)
		}
	}
}
