package tests

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// packagesPage is the page that says which packages there are, and what they use.
const packagesPage = "../docs/manual/packages.md"

// TestGeneratedPackages checks that the page is what the source says. With GENERATE=1 it
// writes it.
func TestGeneratedPackages(t *testing.T) {
	isCurrent(t, packagesPage, describePackages(t))
}

// isCurrent checks that a page has the text. With GENERATE=1 it writes it.
func isCurrent(t *testing.T, page, text string) {
	t.Helper()
	if os.Getenv("GENERATE") != "" {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(page); err != nil || string(b) != text {
		t.Errorf("%s is not current: run make generate (%v)", page, err)
	}
}

// A described package has its first sentence, and what it imports.
type described struct {
	about    string
	imports  []string
	usedBy   int
	external []string
}

func describePackages(t *testing.T) string {
	all := map[string]*described{}
	of := func(pkg string) *described {
		if all[pkg] == nil {
			all[pkg] = &described{}
		}
		return all[pkg]
	}
	for _, s := range sources(t, "ircd", "config", "languages") {
		d := of(s.pkg)
		if about := s.file.Doc.Text(); about != "" {
			d.about = firstSentence(about)
		}
		for _, name := range s.imports {
			ours, is := strings.CutPrefix(name, module+"/")
			first, _, _ := strings.Cut(name, "/")
			switch {
			case is && !slices.Contains(d.imports, ours):
				d.imports = append(d.imports, ours)
				of(ours).usedBy++
			case !is && strings.Contains(first, ".") && !slices.Contains(d.external, name):
				d.external = append(d.external, name)
			}
		}
	}
	return packagesText(all)
}

func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for i := range text {
		if text[i] == '.' && (i+1 == len(text) || text[i+1] == ' ') {
			return text[:i+1]
		}
	}
	return text
}

// packagesText lists the packages by layer, the lowest first.
func packagesText(all map[string]*described) string {
	var b strings.Builder
	b.WriteString("<!-- Made by \"make generate\" from the source; edit the comments of the packages. -->\n")
	b.WriteString("# Packages\n\nFrom the bottom to the top. A package imports only packages of layers above it in this list; [the design](design.md)\nsays why they are divided so. Folders are those below `ircd/`, but for `config` and `languages`.\n")
	for i, layer := range layers {
		fmt.Fprintf(&b, "\n## Layer %d\n\n| package | what it is | uses, of ours | of others |\n|---|---|---|---|\n", i)
		for _, pkg := range layer {
			d := all[pkg]
			if d == nil {
				continue
			}
			slices.Sort(d.imports)
			slices.Sort(d.external)
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", short(pkg), strings.ReplaceAll(d.about, "|", `\|`), codes(d.imports), codes(d.external))
		}
	}
	return b.String()
}

// short leaves out the folder that nearly all packages are in.
func short(pkg string) string {
	if name, ok := strings.CutPrefix(pkg, "ircd/"); ok {
		return name
	}
	return pkg
}

func codes(names []string) string {
	var list []string
	for _, n := range names {
		list = append(list, "`"+short(n)+"`")
	}
	return strings.Join(list, " ")
}
