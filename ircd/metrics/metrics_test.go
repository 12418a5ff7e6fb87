package metrics

import (
	"regexp"
	"strings"
	"testing"
)

// TestNames: the names are as Prometheus wants them, and each says something else.
func TestNames(t *testing.T) {
	name := regexp.MustCompile(`^parley_[a-z]+(_[a-z]+)*$`)
	seen, told := map[string]bool{}, map[string]bool{}
	for _, m := range All() {
		switch {
		case !name.MatchString(m.Name), seen[m.Name]:
			t.Errorf("%s is no name, or not the first of its kind", m.Name)
		case m.Counter != strings.HasSuffix(m.Name, "_total"):
			t.Errorf("%s: counters, and nothing else, end in _total", m.Name)
		case !strings.HasSuffix(m.Help, ".") || told[m.Help]:
			t.Errorf("%s: %q is no sentence of its own", m.Name, m.Help)
		}
		seen[m.Name], told[m.Help] = true, true
	}
}
