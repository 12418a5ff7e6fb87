package reference

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const folder = "../../docs/reference"

// TestGenerated checks that the committed pages are those the code makes. With
// GENERATE=1 it writes them.
func TestGenerated(t *testing.T) {
	if os.Getenv("GENERATE") != "" {
		if _, err := Write(folder); err != nil {
			t.Fatal(err)
		}
	}
	pages := Pages()
	for name, text := range pages {
		if b, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(b) != text {
			t.Errorf("docs/reference/%s is not current: run make generate (%v)", name, err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := pages[f.Name()]; !ok {
			t.Errorf("docs/reference/%s is made by nobody", f.Name())
		}
	}
}

// TestTables checks that each row of a table has as many cells as the head, and
// something to say.
func TestTables(t *testing.T) {
	for name, text := range Pages() {
		columns, rows := 0, 0
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "|") {
				columns = 0
				continue
			}
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") - 1
			if columns == 0 {
				columns = n
			}
			if n != columns {
				t.Errorf("%s: %d cells instead of %d: %s", name, n, columns, line)
			}
			rows++
		}
		if rows < 3 && strings.Contains(text, "\n|") {
			t.Errorf("%s has %d rows", name, rows)
		}
		if strings.Contains(text, "``") {
			t.Errorf("%s has something empty", name)
		}
	}
}

func TestIndex(t *testing.T) {
	pages := Pages()
	for name := range pages {
		if name != "README.md" && !strings.Contains(pages["README.md"], "("+name+")") {
			t.Errorf("the index does not name %s", name)
		}
	}
}
