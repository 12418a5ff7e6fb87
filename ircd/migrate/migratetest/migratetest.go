// Package migratetest is what the tests of readers of other servers' files share.
package migratetest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/migrate"
)

// A Reader is what a package that reads such files offers.
type Reader struct {
	Like func(head []byte) bool
	Read func(r io.Reader) (*migrate.Network, error)
}

// Fixture reads files, one behind the other, which must be recognised by how they begin.
func (r Reader) Fixture(t testing.TB, names ...string) *migrate.Network {
	t.Helper()
	b := load(t, names...)
	if !r.Like(b[:100]) {
		t.Errorf("%s is not recognised", names)
	}
	n, err := r.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func load(t testing.TB, names ...string) (all []byte) {
	t.Helper()
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

// Fuzz reads anything, beginning with the contents of files, and seeds. What an operator is
// told of it must fit into a line.
func (r Reader) Fuzz(f *testing.F, names []string, seeds ...[]byte) {
	for _, name := range names {
		f.Add(load(f, name))
	}
	for _, b := range seeds {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := r.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, note := range n.Notes {
			if strings.ContainsAny(note.Name+note.Why, "\r\n\x00\x1b") {
				t.Errorf("%q", note)
			}
		}
	})
}

// Line returns values with spaces between them.
func Line(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }

// List returns what f says of each, with commas between them.
func List[T any](all []T, f func(T) string) string {
	var list []string
	for _, x := range all {
		list = append(list, f(x))
	}
	return strings.Join(list, ", ")
}

// Modes returns modes as in "n k=leaves -s".
func Modes(all []migrate.Mode) string {
	return strings.ReplaceAll(List(all, func(m migrate.Mode) string {
		w := string(rune(m.Letter))
		if m.Off {
			w = "-" + w
		}
		if m.Param != "" {
			w += "=" + m.Param
		}
		return w
	}), ", ", " ")
}

// Access returns who has which flags.
func Access(ch migrate.Channel) string {
	return List(ch.Access, func(x migrate.Access) string { return x.Account + " " + x.Flags })
}

// Notes returns what could not be brought along, in order.
func Notes(n *migrate.Network) string {
	all := slices.Clone(n.Notes)
	slices.SortFunc(all, func(a, b migrate.Note) int { return strings.Compare(a.Kind+" "+a.Name, b.Kind+" "+b.Name) })
	return List(all, func(x migrate.Note) string { return x.Kind + " " + x.Name })
}

// Channels returns the channels by their names.
func Channels(n *migrate.Network) map[string]migrate.Channel {
	by := map[string]migrate.Channel{}
	for _, ch := range n.Channels {
		by[ch.Name] = ch
	}
	return by
}
