package tests

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mapped are the packages with more files than one sees at a glance. The comments of these
// have a map.
var mapped = []string{"ircd/accounts", "ircd/dispatch", "ircd/network", "ircd/server"}

// TestMaps tests that the map of a package has each of its files once.
func TestMaps(t *testing.T) {
	for _, pkg := range mapped {
		var files, named []string
		for _, s := range sources(t, pkg) {
			name := filepath.Base(s.path)
			switch {
			case s.pkg != pkg:
			case name == "doc.go":
				named = onMap(s.file.Doc.Text())
			default:
				files = append(files, name)
			}
		}
		slices.Sort(named)
		for i, name := range named {
			if i > 0 && named[i-1] == name {
				t.Errorf("the map of %s names %s twice", pkg, name)
			}
			if !slices.Contains(files, name) {
				t.Errorf("the map of %s names %s, which is not there", pkg, name)
			}
		}
		for _, name := range files {
			if !slices.Contains(named, name) {
				t.Errorf("the map of %s does not name %s", pkg, name)
			}
		}
	}
}

// onMap returns the files that the comment of a package names, in the lines that are indented.
func onMap(comment string) (names []string) {
	_, where, _ := strings.Cut(comment, "# Where to find what")
	for line := range strings.Lines(where) {
		if strings.HasPrefix(line, "\t") {
			names = append(names, regexp.MustCompile(`\b[a-z_]+\.go\b`).FindAllString(line, -1)...)
		}
	}
	return names
}
