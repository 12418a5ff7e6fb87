package wire

import (
	"sync"
	"testing"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
)

var tagged = Message{
	Tags:    Tags{{"time", "2026-01-02T03:04:05.678Z"}, {"msgid", "1"}, {"account", "alice"}},
	Source:  "alice!a@h",
	Command: "PRIVMSG",
	Params:  []string{"#tea", "hello"},
}

func TestForms(t *testing.T) {
	line := func(command string) []Message { return []Message{{Command: command}} }
	f := Of(
		Form{Needs: caps.Of(caps.ExtendedJoin, caps.AwayNotify), Lines: []Message{{Command: "A"}, {Command: "B"}}},
		Form{Needs: caps.Of(caps.ExtendedJoin), Without: caps.Of(caps.Batch), Lines: line("C")},
		Form{Needs: caps.Of(caps.SetName)}, // is sent nothing
		Form{Without: caps.Of(caps.ChgHost), Lines: line("D")},
	)
	for _, c := range []struct {
		has  caps.Set
		want string
	}{
		{0, "D\r\n"},
		{caps.Of(caps.AwayNotify), "D\r\n"},
		{caps.Of(caps.ExtendedJoin), "C\r\n"},
		{caps.Of(caps.ExtendedJoin, caps.AwayNotify), "A\r\nB\r\n"},
		{caps.Of(caps.ExtendedJoin, caps.Batch), "D\r\n"},
		{caps.Of(caps.SetName), ""},
		{caps.Of(caps.ChgHost), ""},
	} {
		for range 2 { // also from the cache
			if got := string(f.Bytes(c.has, nil)); got != c.want {
				t.Errorf("with %v: %q, want %q", c.has, got, c.want)
			}
		}
		if got := f.Messages(c.has); len(got) != map[string]int{"": 0, "A\r\nB\r\n": 2}[c.want] && len(c.want) != 3 {
			t.Errorf("with %v: %v", c.has, got)
		}
	}
	if got := string(Lines(line("A")[0], line("B")[0]).Bytes(0, nil)); got != "A\r\nB\r\n" {
		t.Errorf("Lines: %q", got)
	}
}

// TestFrameShared tests that clients for whom a frame is the same read the same
// bytes, also when they are served at the same time.
func TestFrameShared(t *testing.T) {
	for range 100 {
		f := One(tagged)
		same := []caps.Set{caps.Of(caps.ServerTime), caps.Of(caps.ServerTime, caps.Batch, caps.SASL)}
		var got [8][]byte
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() { got[i] = f.Bytes(same[i%2], nil) })
		}
		wg.Wait()
		for _, b := range got {
			if &b[0] != &got[0][0] {
				t.Fatal("the bytes are not shared")
			}
		}
	}
}

func TestFrameAllocations(t *testing.T) {
	f := One(tagged)
	has := caps.Of(caps.MessageTags)
	f.Bytes(has, nil)
	if n := testing.AllocsPerRun(100, func() { f.Bytes(has, nil) }); n > 0 {
		t.Errorf("Bytes allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { One(tagged).Bytes(has, nil) }); n > 3 {
		t.Errorf("a frame and its encoding are %v allocations", n)
	}
}

func BenchmarkFrame(b *testing.B) {
	b.Run("hit", func(b *testing.B) {
		f := One(tagged)
		kinds := []caps.Set{0, caps.Of(caps.MessageTags), caps.Of(caps.MessageTags, caps.ServerTime, caps.AccountTag), caps.Of(caps.ServerTime)}
		for i := 0; b.Loop(); i++ {
			f.Bytes(kinds[i%len(kinds)], nil)
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			One(tagged).Bytes(caps.Of(caps.MessageTags, caps.ServerTime), nil)
		}
	})
}

// TestFrameLanguages tests that a text is read in the language of each client, and
// that frames without texts are shared by all.
func TestFrameLanguages(t *testing.T) {
	german, err := lang.NewCatalogue("de", "Deutsch", map[lang.Text]string{"%s waits": "%s wartet"})
	if err != nil {
		t.Fatal(err)
	}
	text := lang.Text("%s waits").With("alice")
	m := Message{Command: "NOTICE", Params: []string{"bob"}, Text: &text}
	f := One(m)
	for in, want := range map[*lang.Catalogue]string{nil: "NOTICE bob :alice waits\r\n", german: "NOTICE bob :alice wartet\r\n"} {
		if got := string(f.Bytes(0, in)); got != want {
			t.Errorf("%s: %q, want %q", in.Tag(), got, want)
		}
	}
	if got := string(m.Append(nil, 0)); got != "NOTICE bob :alice waits\r\n" || len(m.Params) != 1 {
		t.Errorf("without a language: %q", got)
	}
	plain := One(Message{Command: "A"})
	if a, b := plain.Bytes(0, nil), plain.Bytes(0, german); &a[0] != &b[0] {
		t.Error("a line without a text is encoded for each language")
	}
}
