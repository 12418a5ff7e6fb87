package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// pages returns the files in Markdown, by their path from the root of the repository.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "tests/*/*.md"} {
		names, err := filepath.Glob(filepath.Join("..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rel, err := filepath.Rel("..", name)
			if err != nil {
				t.Fatal(err)
			}
			all[rel] = string(b)
		}
	}
	return all
}

// prose returns a page without its blocks and pieces of code.
func prose(page string) string {
	var kept []string
	fenced := false
	for _, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if !fenced && !strings.HasPrefix(line, "    ") {
			kept = append(kept, line)
		}
	}
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(strings.Join(kept, "\n"), "")
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks tests that the links between pages lead somewhere, also within a page.
func TestLinks(t *testing.T) {
	all := pages(t)
	checked := 0
	for name, page := range all {
		for _, m := range link.FindAllStringSubmatch(prose(page), -1) {
			if strings.Contains(m[1], ":") {
				continue // of the web
			}
			checked++
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = filepath.Join(filepath.Dir(name), file)
			}
			if _, err := os.Stat(filepath.Join("..", target)); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, m[1])
				continue
			}
			if anchor != "" && !anchors(all[target])[anchor] {
				t.Errorf("%s: there is no heading #%s in %s", name, anchor, target)
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d links were found", checked)
	}
}

// anchors returns the names by which the headings of a page can be linked to.
func anchors(page string) map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(page) {
		title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ' || r == '-':
				return '-'
			case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title))
		all[name] = true
	}
	return all
}

// TestManualIsLinked tests that every page of the manual can be found: another page leads
// to it.
func TestManualIsLinked(t *testing.T) {
	all := pages(t)
	linked := map[string]bool{}
	for name, page := range all {
		for _, m := range link.FindAllStringSubmatch(prose(page), -1) {
			file, _, _ := strings.Cut(m[1], "#")
			linked[filepath.Join(filepath.Dir(name), file)] = true
		}
	}
	for name := range all {
		if strings.HasPrefix(name, "docs/manual/") && !linked[name] {
			t.Errorf("no page has a link to %s", name)
		}
	}
}

// settings returns the keys and sections of the configuration, as default.toml has them.
func settings(t *testing.T) map[string]bool {
	t.Helper()
	b, err := os.ReadFile("../default.toml")
	if err != nil {
		t.Fatal(err)
	}
	known, section := map[string]bool{}, ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "#")
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			section = strings.Trim(line, "[]")
			known[section] = true
			continue
		}
		if key, _, ok := strings.Cut(line, " = "); ok && !strings.ContainsAny(key, " \t") {
			known[section+"."+key] = true
		}
	}
	return known
}

// TestManualSettings tests that the settings which the manual names exist: sections in
// brackets, and keys after a section. What other servers call theirs stands in all
// but the last column of a table.
func TestManualSettings(t *testing.T) {
	known := settings(t)
	code := regexp.MustCompile("`([^`\n]+)`")
	section := regexp.MustCompile(`^\[\[?([a-z0-9.-]+)\]\]?$`)
	key := regexp.MustCompile(`^([a-z0-9-]+)(\.[a-z0-9-]+)+$`)
	checked := 0
	for name, page := range pages(t) {
		if !strings.HasPrefix(name, "docs/manual/") {
			continue
		}
		for line := range strings.Lines(page) {
			if cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|"); strings.HasPrefix(line, "|") {
				line = cells[len(cells)-1]
			}
			for _, m := range code.FindAllStringSubmatch(line, -1) {
				word := m[1]
				if s := section.FindStringSubmatch(word); s != nil {
					word = s[1]
				} else if k := key.FindStringSubmatch(word); k == nil || !known[k[1]] || strings.HasSuffix(word, ".md") || strings.HasSuffix(word, ".db") {
					continue
				}
				if checked++; !known[word] {
					t.Errorf("%s: there is no setting %s", name, m[1])
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d settings were found", checked)
	}
}

// pieces returns the pieces and blocks of code of a page, line by line. In a table only
// the last column is of Parley: what others call theirs is in the columns before.
func pieces(page string) (all []string) {
	piece := regexp.MustCompile("`([^`\n]+)`")
	fenced := false
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
			continue
		case fenced, strings.HasPrefix(line, "    "):
			all = append(all, strings.TrimSpace(line))
			continue
		case strings.HasPrefix(line, "|"):
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
			line = cells[len(cells)-1]
		}
		for _, m := range piece.FindAllStringSubmatch(line, -1) {
			all = append(all, m[1])
		}
	}
	return all
}

// TestManualCommands tests that what the manual tells people to type exists: commands of
// the program, of services, and targets of make.
func TestManualCommands(t *testing.T) {
	services := map[string]string{"NS": "NickServ", "CS": "ChanServ", "HS": "HostServ", "OS": "OperServ", "MS": "MemoServ"}
	known := serviceCommands(t)
	programs, targets := programCommands(t), makeTargets(t)
	program := regexp.MustCompile(`(?:^|[\s(]|sudo |bin/)ircd ([a-z]+)(?:$|\s)`)
	service := regexp.MustCompile(`(?:^|\s|/|/msg )(NS|CS|HS|OS|MS|NickServ|ChanServ|HostServ|HistServ|OperServ|MemoServ|HISTSERV) ([A-Z0-9]+)`)
	target := regexp.MustCompile(`(?:^|\s)make ([a-z]+)`)
	checked := 0
	for name, page := range pages(t) {
		if strings.HasPrefix(name, "docs/reference/") || strings.HasPrefix(name, "tests/") || name == "CHANGELOG.md" {
			continue
		}
		for _, code := range pieces(page) {
			code, _, _ = strings.Cut(code, "  ") // what follows explains it
			if strings.HasPrefix(code, "make load") {
				continue // its words are for another program
			}
			for _, m := range program.FindAllStringSubmatch(code, -1) {
				if checked++; !programs[m[1]] {
					t.Errorf("%s: there is no command \"ircd %s\": %s", name, m[1], code)
				}
			}
			for _, m := range service.FindAllStringSubmatch(code, -1) {
				nick := services[m[1]]
				if nick == "" {
					nick = m[1]
				}
				if checked++; !known[strings.ToUpper(nick)+" "+m[2]] {
					t.Errorf("%s: %s has no command %s: %s", name, nick, m[2], code)
				}
			}
			for _, m := range target.FindAllStringSubmatch(code, -1) {
				if checked++; !targets[m[1]] {
					t.Errorf("%s: there is no target \"make %s\"", name, m[1])
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d commands were found", checked)
	}
}

// serviceCommands returns the commands of services, as "NICKSERV SET".
func serviceCommands(t *testing.T) map[string]bool {
	b, err := os.ReadFile("../docs/reference/services.md")
	if err != nil {
		t.Fatal(err)
	}
	known, service := map[string]bool{}, ""
	for _, v := range offering(t).Services { // with other names of commands
		for name := range v.Commands {
			known[strings.ToUpper(v.Nick)+" "+name] = true
		}
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			service = strings.ToUpper(name)
		}
		if name, ok := strings.CutPrefix(line, "### "); ok {
			for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == ',' || r == ' ' }) {
				known[service+" "+word] = true
			}
		}
		known[service+" HELP"] = true
	}
	return known
}

// programCommands returns the commands of ircd.
func programCommands(t *testing.T) map[string]bool {
	known := map[string]bool{}
	command := regexp.MustCompile(`^\t([A-Z][a-z]+) +[a-z]+Command +.cmd:`)
	b, err := os.ReadFile("../ircd/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if m := command.FindStringSubmatch(line); m != nil {
			known[strings.ToLower(m[1])] = true
		}
	}
	return known
}

// makeTargets returns the targets of the Makefile.
func makeTargets(t *testing.T) map[string]bool {
	b, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z]+):`).FindAllStringSubmatch(string(b), -1) {
		known[m[1]] = true
	}
	return known
}
