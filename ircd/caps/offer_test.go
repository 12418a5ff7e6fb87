package caps

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLines(t *testing.T) {
	o := NewOffer(Of(Batch, SASL, STS, Multiline, ReadMarker), map[Cap]string{
		SASL: "PLAIN,EXTERNAL", STS: "port=6697", Languages: "2,en,de", ReadMarker: "two words",
	})
	if got := o.Lines302(400); !slices.Equal(got, []string{"batch sasl=PLAIN,EXTERNAL sts=port=6697 draft/read-marker"}) {
		t.Errorf("Lines302: %q", got)
	}
	if got := o.Lines302(30); !slices.Equal(got, []string{"batch sasl=PLAIN,EXTERNAL", "sts=port=6697", "draft/read-marker"}) {
		t.Errorf("Lines302, short: %q", got)
	}
	if got := o.Lines(400); !slices.Equal(got, []string{"batch sasl draft/read-marker"}) {
		t.Errorf("Lines: %q", got)
	}
	if got := o.Lines(12); !slices.Equal(got, []string{"batch sasl"}) {
		t.Errorf("Lines, short: %q", got)
	}
	if n := testing.AllocsPerRun(10, func() { o.Lines302(30) }); n > 0 {
		t.Errorf("Lines302 allocates %v times when it is asked again", n)
	}
	none := NewOffer(0, nil)
	if a, b := none.Lines(400), none.Lines302(400); !slices.Equal(a, []string{""}) || !slices.Equal(b, a) {
		t.Errorf("of nothing: %q, %q", a, b)
	}
}

// TestOldClients tests that every finished capability is in the one line that
// clients without version 302 read, even after a long server name and nick.
func TestOldClients(t *testing.T) {
	o := NewOffer(^Set(0), nil)
	line := o.Lines(510 - len(":"+strings.Repeat("s", 63)+" CAP "+strings.Repeat("n", 30)+" LS :"))[0]
	for c := MultiPrefix; c <= UserhostInNames; c++ {
		if !table[c].Valued && !slices.Contains(strings.Fields(line), c.String()) {
			t.Errorf("%s is not in %q", c, line)
		}
	}
}

func TestRequest(t *testing.T) {
	o := NewOffer(Of(Batch, SASL, STS, CapNotify), map[Cap]string{STS: "port=6697"})
	had := Of(Batch, ReadMarker) // read-marker is not offered any more
	for _, c := range []struct {
		list string
		want Set
		ok   bool
	}{
		{"", had, true},
		{"sasl", had.With(SASL), true},
		{"batch", had, true},
		{"-sasl", had, true},
		{" sasl  -batch ", Of(SASL, ReadMarker), true},
		{"-batch batch", had, true},
		{"batch -batch", Of(ReadMarker), true},
		{"-draft/read-marker", Of(Batch), true},
		{"draft/read-marker", had, false},
		{"sasl nonsense", had, false},
		{"sasl -nonsense", had, false},
		{"SASL", had, false},
		{"sasl=PLAIN", had, false},
		{"--sasl", had, false},
		{"-", had, false},
		{"sts", had, false},
		{"-sts", had, false},
	} {
		if got, ok := o.Request(had, c.list); got != c.want || ok != c.ok {
			t.Errorf("Request(%q) = %v, %v", c.list, got, ok)
		}
	}
}

func TestDiff(t *testing.T) {
	old := NewOffer(Of(Batch, SASL, STS, SetName), map[Cap]string{SASL: "PLAIN", STS: "duration=1"})
	new := NewOffer(Of(Batch, SASL, ChgHost), map[Cap]string{SASL: "PLAIN,EXTERNAL"})
	added, removed := Diff(old, new)
	if !slices.Equal(added, []string{"chghost", "sasl=PLAIN,EXTERNAL"}) || !slices.Equal(removed, []string{"setname"}) {
		t.Errorf("Diff = %q, %q", added, removed)
	}
	if got := Names(added); !slices.Equal(got, []string{"chghost", "sasl"}) {
		t.Errorf("Names = %q", got)
	}
	if added, removed := Diff(new, new); len(added) > 0 || len(removed) > 0 {
		t.Errorf("an offer differs from itself: %q, %q", added, removed)
	}
}

// TestRequestProperties tests that a request changes all or nothing, and gives
// a client nothing that is not offered.
func TestRequestProperties(t *testing.T) {
	names := []string{"", "-", "nonsense"}
	for _, r := range All() {
		names = append(names, r.Name, "-"+r.Name)
	}
	rapid.Check(t, func(t *rapid.T) {
		o := NewOffer(Set(rapid.Uint64().Draw(t, "offered")), map[Cap]string{STS: "port=1", Multiline: "max-bytes=1"})
		had := o.Set() & Set(rapid.Uint64().Draw(t, "had"))
		list := strings.Join(rapid.SliceOf(rapid.SampledFrom(names)).Draw(t, "list"), " ")
		next, ok := o.Request(had, list)
		switch {
		case !ok && next != had:
			t.Errorf("rejected, but changed")
		case !o.Set().HasAll(next):
			t.Errorf("%v is not offered", next&^o.Set())
		}
	})
}
