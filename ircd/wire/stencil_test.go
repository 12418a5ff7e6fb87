package wire

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/lang"
)

// TestStencil tests that a stencil that is filled in is the line it was made of.
func TestStencil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zA-Z0-9:#~.-]{0,12}`)
		m := Message{
			Source: "irc.example.org", Command: rapid.SampledFrom([]string{"005", "353", "372", "004"}).Draw(t, "command"),
			Params: append([]string{"bob"}, rapid.SliceOfN(word, 1, 13).Draw(t, "params")...),
		}
		if rapid.Bool().Draw(t, "long") {
			m.Params = append(m.Params, strings.Repeat(rapid.StringN(1, 4, 8).Draw(t, "piece"), rapid.IntRange(0, 200).Draw(t, "times")))
		}
		if rapid.Bool().Draw(t, "text") {
			text := lang.Verbatim.With(rapid.String().Draw(t, "words"))
			m.Text = &text
		}
		s := NewStencil(&m, nil)
		m.Params[0] = rapid.StringMatching(`[a-z]{1,30}`).Draw(t, "nick")
		want := string(m.Append(nil, 0))
		if got := string(s.Append(nil, m.Params[0])); got != want {
			t.Errorf("%q\ninstead of\n%q", got, want)
		}
	})
}

func BenchmarkStencil(b *testing.B) {
	s := NewStencil(&Message{Source: "irc.example.org", Command: "005", Params: []string{"", "A=b", "C=d", "are supported"}}, nil)
	buf := make([]byte, 0, MaxBody)
	b.ReportAllocs()
	for b.Loop() {
		s.Append(buf, "alice")
	}
}

// TestStencilSpaces: where a line is cut between two spaces, both go, as they do when it is
// written at once.
func TestStencilSpaces(t *testing.T) {
	m := Message{Source: "irc.example.org", Command: "372", Params: []string{"bob", strings.Repeat("A  ", 200)}}
	s := NewStencil(&m, nil)
	for n := 1; n <= 30; n++ {
		m.Params[0] = strings.Repeat("n", n)
		want := string(m.Append(nil, 0))
		if got := string(s.Append(nil, m.Params[0])); got != want || strings.HasSuffix(got, " \r\n") {
			t.Errorf("%q\ninstead of\n%q", got, want)
		}
	}
}
