package network

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/wire"
)

func TestHasCTCP(t *testing.T) {
	for text, want := range map[string]bool{
		"":                             false,
		"hello":                        false,
		"\x01VERSION\x01":              true,
		"\x01":                         true,
		"\x01ACTION waves\x01":         false,
		"\x01ACTION":                   false,
		"\x01ACTIONS":                  true,
		"hello\n\x01VERSION\x01":       true,
		"hello\n\x01ACTION waves\x01":  false,
		"hello\n\x01VER+SION\x01":      true,
		"hello\n\x01ACTION+S\x01":      true,
		"hello+\x01VERSION\x01\ngood":  true, // in the eyes of clients without multiline
		"hello\nthere is\x01no ctcp":   false,
		"\x01ACTION waves\x01\nhello?": false,
	} {
		if got := hasCTCP(fromText(text)); got != want {
			t.Errorf("hasCTCP(%q) is %v", text, got)
		}
	}
}

// fromText makes a message of a text in which "+" continues a line.
func fromText(text string) event.MessageSent {
	b := event.MessageSent{Command: "PRIVMSG", Target: "#tea"}
	if !strings.ContainsAny(text, "\n+") {
		b.Text = text
		return b
	}
	for line := range strings.SplitSeq(text, "\n") {
		for i, part := range strings.Split(line, "+") {
			b.Lines = append(b.Lines, event.Line{Text: part, Concat: i > 0})
		}
	}
	return b
}

func TestRewrite(t *testing.T) {
	star := func(s string) string { return strings.ReplaceAll(s, "damn", "****") }
	for in, want := range map[string]string{
		"damn":             "****",
		"a\nda+mn\nb":      "a\n****\nb",
		"a+b\nda+mn+c\nd+": "a+b\n****c\nd+",
		"da\nmn":           "da\nmn",
		"\n\na":            "\n\na",
	} {
		b := fromText(in)
		rewrite(&b, star)
		got := b.Text
		for i, l := range b.Lines {
			switch {
			case l.Concat:
				got += "+"
			case i > 0:
				got += "\n"
			}
			got += l.Text
		}
		if got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// TestMessageForms tests, for any message, that both of its forms say all of it, in
// lines that are not cut, and that clients read only what they have asked for.
func TestMessageForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyMessage().Draw(t, "message")
		e := &event.Event{Stamp: event.Stamp{Ticks: 1 << 57, Server: "uaaaaaaa"}, Source: "alice!~alice@host.example", Account: "alice", Bot: true, Oper: "alice", Body: b}
		has := caps.Set(rapid.Uint64().Draw(t, "capabilities"))
		f := messageFrame(e, b)
		if !f.Echo {
			t.Fatal("it is not marked as the echo")
		}
		var texts []string
		batches := 0
		for line := range strings.Lines(string(f.Bytes(has, nil))) {
			m, err := wire.Parse([]byte(strings.TrimSuffix(line, "\r\n")))
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			checkTags(t, m, has)
			switch {
			case m.Command == "BATCH":
				if batches++; !has.HasAll(caps.Of(caps.Batch, caps.Multiline)) || m.Params[0][1] == 'r' {
					t.Fatalf("it reads %q", line)
				}
			case m.Command == "TAGMSG":
				if !has.Has(caps.MessageTags) {
					t.Fatalf("it reads %q", line)
				}
			default:
				_, concat := m.Tags.Has("draft/multiline-concat")
				if len(texts) > 0 && !concat && batches > 0 {
					texts = append(texts, "\n")
				}
				texts = append(texts, m.Params[1])
			}
		}
		switch got, want := strings.Join(texts, ""), b.Whole(); {
		case b.Command == "TAGMSG":
		case batches == 0 && got != strings.ReplaceAll(want, "\n", ""), batches == 2 && got != want, batches == 1:
			t.Fatalf("%v reads %q of %q", has, got, want)
		}
	})
}

func anyMessage() *rapid.Generator[event.MessageSent] {
	return rapid.Custom(func(t *rapid.T) event.MessageSent {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab  é:\x01")))
		b := event.MessageSent{
			Command: rapid.SampledFrom([]string{"PRIVMSG", "NOTICE", "TAGMSG"}).Draw(t, "command"),
			Target:  "#tea",
			Tags:    []event.Tag{{Key: "+x", Value: "y"}},
			Relayer: rapid.SampledFrom([]string{"", "bridge"}).Draw(t, "relayer"),
		}
		if b.Command == "TAGMSG" {
			return b
		}
		b.Text = text.Draw(t, "text")
		for i := range rapid.IntRange(0, 5).Draw(t, "lines") {
			l := event.Line{Text: text.Draw(t, "line")}
			l.Concat = i > 0 && l.Text != "" && rapid.Bool().Draw(t, "concat")
			b.Lines, b.Text = append(b.Lines, l), ""
		}
		return b
	})
}

// checkTags tests that a client with these capabilities may read the tags.
func checkTags(t *rapid.T, m wire.Message, has caps.Set) {
	readBy := map[string]caps.Cap{
		"time": caps.ServerTime, "account": caps.AccountTag, "batch": caps.Batch, "draft/oper": caps.OperTag,
		"draft/multiline-concat": caps.Multiline, "draft/relaymsg": caps.Relaymsg,
	}
	for _, tag := range m.Tags {
		c, ok := readBy[tag.Key]
		if !ok {
			c = caps.MessageTags
		}
		if !has.Has(c) {
			t.Fatalf("a client without %s reads the tag %s", c, tag.Key)
		}
	}
}
