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
	isCurrent(t, packagesPage, packagesText(describePackages(t)))
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
	external []string
}

func describePackages(t *testing.T) map[string]*described {
	all := map[string]*described{}
	for _, s := range sources(t, "ircd", "config", "languages") {
		d := all[s.pkg]
		if d == nil {
			d = &described{}
			all[s.pkg] = d
		}
		if about := s.file.Doc.Text(); about != "" {
			d.about = firstSentence(about)
		}
		for _, name := range s.imports {
			ours, is := strings.CutPrefix(name, module+"/")
			first, _, _ := strings.Cut(name, "/")
			switch {
			case is:
				d.imports = append(d.imports, ours)
			case strings.Contains(first, "."):
				d.external = append(d.external, name)
			}
		}
	}
	for _, d := range all {
		slices.Sort(d.imports)
		slices.Sort(d.external)
		d.imports, d.external = slices.Compact(d.imports), slices.Compact(d.external)
	}
	return all
}

// firstSentence returns the first sentence of a package's comment, without the two words
// that all of them begin with: what it is, and its name.
func firstSentence(text string) string {
	text, _, _ = strings.Cut(text, "\n\n")
	text = strings.Join(strings.Fields(text)[2:], " ")
	for i := range text {
		if text[i] == '.' && (i+1 == len(text) || text[i+1] == ' ') {
			return text[:i+1]
		}
	}
	return text
}

// packagesText lists the packages by floor and layer, the lowest first.
func packagesText(all map[string]*described) string {
	var b strings.Builder
	b.WriteString("<!-- Made by \"make generate\" from the source; edit the comments of the packages. -->\n")
	b.WriteString("# Packages\n\nFrom the bottom to the top, by the floors of [the design](design.md#packages-and-layers). A package imports those of lower\nlayers of its floor, and of the floors it stands on. Folders are those below `ircd/`, but for `config` and `languages`.\n")
	for _, f := range floors {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n", f.name, strings.ToUpper(f.about[:1])+f.about[1:])
		for _, layer := range f.layers {
			b.WriteString("\n| package | what it is | uses, of ours | of others |\n|---|---|---|---|\n")
			for _, pkg := range layer {
				if d := all[pkg]; d != nil {
					fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", short(pkg), strings.ReplaceAll(d.about, "|", `\|`), codes(d.imports), codes(d.external))
				}
			}
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
