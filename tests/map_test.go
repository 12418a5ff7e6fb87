package tests

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMapOfNetwork tests that the map in the comment of package network, which has more files
// than one sees at a glance, has each of them once.
func TestMapOfNetwork(t *testing.T) {
	const pkg = "ircd/network"
	var files, named []string
	for _, s := range sources(t, pkg) {
		name := filepath.Base(s.path)
		if name != "doc.go" {
			files = append(files, name)
			continue
		}
		_, where, _ := strings.Cut(s.file.Doc.Text(), "# Where to find what")
		for line := range strings.Lines(where) {
			if strings.HasPrefix(line, "\t") {
				named = append(named, regexp.MustCompile(`\b[a-z_]+\.go\b`).FindAllString(line, -1)...)
			}
		}
	}
	slices.Sort(named)
	slices.Sort(files)
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
