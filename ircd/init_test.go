package main

import (
	"io"
	"os"
	"strings"
	"testing"
)

// TestQuestions answers the questions of init.
func TestQuestions(t *testing.T) {
	t.Setenv("USER", "carol")
	for _, tt := range []struct {
		answers string
		want    initCommand
	}{
		{"Tea\nirc.tea.example\nyes\nalice\n", initCommand{"Tea", "irc.tea.example", true, "alice"}},
		{"\n\n\n\n", initCommand{"Parley", "irc.parley.example", false, "carol"}},
	} {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(out, tt.answers)
		out.Close()
		var asked strings.Builder
		var got initCommand
		if err := got.ask(world{in: in, err: &asked}); err != nil || got != tt.want {
			t.Errorf("%q: %+v, %v", tt.answers, got, err)
		}
		contains(t, asked.String(), "network [Parley]", "server [irc.parley.example]", "[n]", "operator [carol]")
		if err := got.ask(world{in: in, err: &asked}); err == nil {
			t.Error("no answer is an answer")
		}
		in.Close()
	}
}
