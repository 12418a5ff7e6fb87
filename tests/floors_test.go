package tests

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const (
	designPage  = "../docs/manual/design.md"
	floorsBegin = "<!-- Made by \"make generate\" from the source, to the next such line. -->\n"
	floorsEnd   = "<!-- By hand again. -->\n"
)

// TestGeneratedFloors checks that the picture of the floors is what the source says. With
// GENERATE=1 it is drawn anew.
func TestGeneratedFloors(t *testing.T) {
	page, err := os.ReadFile(designPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(page), floorsBegin)
	_, after, ends := strings.Cut(rest, floorsEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the picture", designPage)
	}
	isCurrent(t, designPage, before+floorsBegin+floorsText(describePackages(t))+floorsEnd+after)
}

// floorsText draws the floors, the highest first as in a house, and says what each of them is.
func floorsText(all map[string]*described) string {
	program := map[string]bool{}
	reach(all, "ircd", program)
	var picture, table strings.Builder
	for i := len(floors) - 1; i >= 0; i-- {
		f := floors[i]
		title := f.name
		for l := len(f.layers) - 1; l >= 0; l-- {
			for _, line := range wrapped(f.layers[l], program) {
				fmt.Fprintf(&picture, "%-14s%s\n", title, line)
				title = ""
			}
		}
		picture.WriteString("\n")
		on := strings.Join(f.on, ", ")
		if len(f.on) == i && i > 1 {
			on = "all below"
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", f.name, f.about, on)
	}
	return "\n```\n" + strings.TrimRight(picture.String(), "\n") + "\n```\n\n| floor | what is there | stands on |\n|---|---|---|\n" + table.String() + "\n"
}

// reach adds to program what a package imports, directly or not, and itself.
func reach(all map[string]*described, pkg string, program map[string]bool) {
	if program[pkg] || all[pkg] == nil {
		return
	}
	program[pkg] = true
	for _, name := range all[pkg].imports {
		reach(all, name, program)
	}
}

// wrapped returns the packages of the program in a layer, in lines that fit beside a
// title; from the second on they are indented.
func wrapped(layer []string, program map[string]bool) (lines []string) {
	layer = slices.Clone(layer)
	slices.SortFunc(layer, func(a, b string) int { return strings.Compare(short(a), short(b)) })
	line := ""
	for _, pkg := range layer {
		if !program[pkg] {
			continue
		}
		if name := short(pkg); line == "" {
			line = name
		} else if len(line)+len(name) < 82 {
			line += "  " + name
		} else {
			lines, line = append(lines, line), "  "+name
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
