package event

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestEditOrder checks that servers agree on a message in whatever order they hear of
// its edits, each perhaps twice.
func TestEditOrder(t *testing.T) {
	said := Stamp{Ticks: 1, Server: "0AA"}
	var edits []Wording
	for i := range 12 {
		edits = append(edits, Wording{At: Stamp{Ticks: uint64(2 + i/2), Server: []string{"0AA", "0BB"}[i%2]}, Text: string(rune('a' + i))})
	}
	play := func(order []int) MessageSent {
		m := MessageSent{Command: "PRIVMSG", Text: "first"}
		for _, i := range order {
			m, _ = m.Edit(said, edits[i%len(edits)])
		}
		return m
	}
	want := play([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	if want.Text != "l" || len(want.Trail) != maxTrail || want.Trail[0].Text != "first" || want.Trail[1].Text != "e" || want.Edited != edits[11].At {
		t.Fatalf("after all edits: %+v", want)
	}
	for range 200 {
		if got := play(rand.Perm(2 * len(edits))); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order: %+v, want %+v", got, want)
		}
	}
}

func TestEditCurrent(t *testing.T) {
	said := Stamp{Ticks: 5, Server: "0AA"}
	m := MessageSent{Lines: []Line{{Text: "a"}, {Text: "b"}}}
	m, current := m.Edit(said, Wording{At: Stamp{Ticks: 9, Server: "0AA"}, Text: "new"})
	if !current || m.Text != "new" || m.Lines != nil || len(m.Trail) != 1 || len(m.Trail[0].Lines) != 2 {
		t.Errorf("edited to %+v, current %v", m, current)
	}
	m, current = m.Edit(said, Wording{At: Stamp{Ticks: 8, Server: "0BB"}, Text: "late"})
	if current || m.Text != "new" || len(m.Trail) != 2 || m.Trail[1].Text != "late" {
		t.Errorf("a late edit made it %+v, current %v", m, current)
	}
}
