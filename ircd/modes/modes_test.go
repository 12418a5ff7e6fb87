package modes

import (
	"strings"
	"testing"
)

func words(changes []Change) string {
	var b strings.Builder
	for _, c := range changes {
		sign := "-"
		if c.Add {
			sign = "+"
		}
		if c.Query {
			sign = "?"
		}
		b.WriteString(sign + string(c.Letter) + c.Param + " ")
	}
	return strings.TrimSpace(b.String())
}

func TestParse(t *testing.T) {
	table := Channel()
	for _, x := range []struct {
		args     string
		changes  string
		problems int
	}{
		{"+nt", "+n +t", 0},
		{"-n+m", "-n +m", 0},
		{"+n-n+m", "-n +m", 0},
		{"+l-l 5", "-l", 0},
		{"+o-o+o a a b", "-oa +ob", 0},
		{"+ov alice bob", "+oalice +vbob", 0},
		{"b", "?b", 0},
		{"+b-e *!*@x", "+b*!*@x ?e", 0},
		{"+k key", "+kkey", 0},
		{"-k", "-k*", 0},
		{"-k key", "-kkey", 0},
		{"+l 10", "+l10", 0},
		{"-l", "-l", 0},
		{"+l ten", "", 1},
		{"+l 0", "", 1},
		{"+k a,b", "", 1},
		{"+o", "", 1},
		{"+n%t", "+n +t", 1},
		{"+%%%", "", 1},
		{"+é", "", 1},
		{"+ooooo a b c d e", "+oa +ob +oc +od", 0},
		{"+F message:5:10,j:3:4:R", "+Fmessage:5:10:block,join:3:4:R", 0},
		{"+F message:5:10,m:3:4", "", 1},
		{"+F message:5:10:explode", "", 1},
		{"+j 3:10", "+j3:10", 0},
		{"+j 3", "", 1},
		{"", "", 0},
	} {
		changes, problems := table.Parse(strings.Fields(x.args), 4)
		if got := words(changes); got != x.changes || len(problems) != x.problems {
			t.Errorf("MODE %s: %q and %d problems, want %q and %d", x.args, got, len(problems), x.changes, x.problems)
		}
	}
}

func TestTables(t *testing.T) {
	for name, table := range map[string]*Table{"channel": Channel(), "user": User()} {
		for _, m := range table.Rows {
			if m.Name == "" || m.Help == "" {
				t.Errorf("%s mode %c has no name or help", name, m.Letter)
			}
			if takes := m.Kind != Flag; takes != (m.Syntax != "") {
				t.Errorf("%s mode %c: syntax %q", name, m.Letter, m.Syntax)
			}
		}
	}
	if got := Channel().Chanmodes(); !strings.HasPrefix(got, "beI,k,") {
		t.Errorf("CHANMODES=%s", got)
	}
	if Channel().Without("F").ByLetter('F') != nil {
		t.Error("Without leaves the mode in")
	}
}

func TestSet(t *testing.T) {
	s := Of("nzA").With('m', true).With('z', false)
	if got := s.String(); got != "mnA" || s.Has('z') || !s.Has('A') || s.Has('0') {
		t.Errorf("the set is %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("+ovb-k", "alice", "bob")
	f.Add("+F", "message:5:10:kick", "")
	f.Fuzz(func(t *testing.T, letters, a, b string) {
		changes, _ := Channel().Parse([]string{letters, a, b}, 4)
		for _, c := range changes {
			if c.Add && c.Parse != nil {
				if p, ok := c.Parse(c.Param); !ok || p != c.Param {
					t.Errorf("+%c %q is normalised again, to %q (%v)", c.Letter, c.Param, p, ok)
				}
			}
		}
	})
}
