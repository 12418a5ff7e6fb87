package wire

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
)

const everything = ^caps.Set(0)

func TestAppend(t *testing.T) {
	p := func(params ...string) Message { return Message{Command: "X", Params: params} }
	tags := func(kv ...string) Message {
		m := Message{Command: "X"}
		for i := 0; i < len(kv); i += 2 {
			m.Tags = append(m.Tags, Tag{kv[i], kv[i+1]})
		}
		return m
	}
	for _, c := range []struct {
		m    Message
		want string
	}{
		{p(), "X"},
		{p("a", "b"), "X a b"},
		{p("a", "b c"), "X a :b c"},
		{p("a", ""), "X a :"},
		{p("a", ":)"), "X a ::)"},
		{p("", "b"), "X * b"},
		{p("a b", "c"), "X * c"},
		{p(":a", "c"), "X * c"},
		{p("a\r\nQUIT", "c"), "X * c"},
		{p("a\x00", "c"), "X * c"},
		{p("a", "b\r\nQUIT :\x00"), "X a :b  QUIT : "},
		{Message{Source: "alice!a@h", Command: "PRIVMSG", Params: []string{"#tea", "hi"}}, ":alice!a@h PRIVMSG #tea :hi"},
		{Message{Source: "a b", Command: "X"}, ":* X"},
		{Message{Source: ":", Command: "X"}, ":* X"},
		{Message{Source: "a", Command: ""}, ":a *"},
		{Message{Command: "X\r\nY"}, "*"},
		{Message{Command: "@a"}, "*"},
		{tags("a", "", "+b", " ;\\\r\n", "c", "d"), "@a;c=d;+b=\\s\\:\\\\\\r\\n X"},
		{tags("a", "1", "a", "2"), "@a=2 X"},
		{tags("a", "\xff", "b", "\x00", "c", "é"), "@a;b;c=é X"},
		{tags("", "1", "+", "2", "a b", "3", "a;b", "4", "a=b", "5", "a\n", "6", "\xff", "7"), "X"},
	} {
		if got := string(c.m.Append(nil, everything)); got != c.want+"\r\n" {
			t.Errorf("%#v is written as %q, want %q", c.m, got, c.want)
		}
	}
}

func TestTagsByCapability(t *testing.T) {
	m := Message{Command: "X", Tags: Tags{
		{"time", "1"}, {"account", "2"}, {"batch", "3"}, {"label", "4"}, {"msgid", "5"}, {"bot", ""},
		{"draft/oper", "6"}, {"draft/multiline-concat", ""}, {"+c", "7"},
	}}
	for _, c := range []struct {
		has  caps.Set
		want string
	}{
		{0, "X"},
		{caps.Of(caps.ServerTime), "@time=1 X"},
		{caps.Of(caps.AccountTag), "@account=2 X"},
		{caps.Of(caps.Batch), "@batch=3 X"},
		{caps.Of(caps.LabeledResponse), "@label=4 X"},
		{caps.Of(caps.OperTag), "@draft/oper=6 X"},
		{caps.Of(caps.Multiline), "@draft/multiline-concat X"},
		{caps.Of(caps.MessageTags), "@msgid=5;bot;+c=7 X"},
		{caps.Of(caps.MessageTags, caps.ServerTime), "@time=1;msgid=5;bot;+c=7 X"},
	} {
		if got := string(m.Append(nil, c.has)); got != c.want+"\r\n" {
			t.Errorf("with %v: %q, want %q", c.has, got, c.want)
		}
	}
}

func TestBudgets(t *testing.T) {
	m := Message{Source: "alice", Command: "PRIVMSG", Params: []string{"#tea", strings.Repeat("é", 300)}}
	got := string(m.Append(nil, 0))
	if len(got) > MaxBody || len(got) < MaxBody-1 || !utf8.ValidString(got) || !strings.HasSuffix(got, "é\r\n") {
		t.Errorf("cut to %d bytes: …%q", len(got), got[len(got)-10:])
	}
	m.Params[1] = strings.Repeat("\x80", 600)
	if got := m.Append(nil, 0); len(got) != MaxBody {
		t.Errorf("text that is not UTF-8 is cut to %d bytes", len(got))
	}
	m.Params = append(m.Params, "the end")
	if got := m.Append(nil, 0); len(got) != MaxBody {
		t.Errorf("a long middle parameter is cut to %d bytes", len(got))
	}

	// The most a client may send is relayed beside the server's own tags, and a
	// tag that is too long is left out, not shortened.
	client := Tag{"+x", strings.Repeat("y", maxClientTagData-len("+x="))}
	m = Message{Command: "X", Tags: Tags{client, {"msgid", "1"}, {"long", strings.Repeat("z", 5000)}}}
	want := "@msgid=1;+x=" + client.Value + " X\r\n"
	if got := string(m.Append(nil, everything)); got != want {
		t.Errorf("%d bytes instead of %d", len(got), len(want))
	}
	m.Tags = append(m.Tags, Tag{"+z", ""})
	if got := string(m.Append(nil, everything)); got != want {
		t.Errorf("with a tag too many: %d bytes instead of %d", len(got), len(want))
	}
}

// valid says what is wrong with a line, or "".
func valid(line []byte) string {
	tags, body := []byte(nil), line
	if len(line) > 0 && line[0] == '@' {
		i := bytes.IndexByte(line, ' ') + 1
		tags, body = line[:i], line[i:]
	}
	switch {
	case !bytes.HasSuffix(line, []byte("\r\n")):
		return "it does not end in CR LF"
	case bytes.ContainsAny(line[:len(line)-2], "\r\n\x00"):
		return "it contains CR, LF or NUL"
	case len(tags) > MaxTags:
		return "its tags are too long"
	case len(body) > MaxBody:
		return "it is too long"
	}
	keys := map[string]bool{}
	for tag := range bytes.SplitSeq(bytes.TrimSuffix(bytes.TrimPrefix(tags, []byte("@")), []byte(" ")), []byte(";")) {
		key, _, _ := bytes.Cut(tag, []byte("="))
		if keys[string(key)] {
			return "a tag is there twice"
		}
		keys[string(key)] = true
	}
	return ""
}

// TestAppendProperties tests that whatever is written is one line within the
// limits, and reads as the message that was meant.
func TestAppendProperties(t *testing.T) {
	word := rapid.OneOf(rapid.StringMatching(`[#a-z:é]{0,6}`), rapid.SampledFrom([]string{"", " ", "\r\n", "\x00", ":x", "é\xff"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		m := Message{Source: word.Draw(t, "source"), Command: word.Draw(t, "command"), Params: rapid.SliceOfN(word, 0, 5).Draw(t, "params")}
		for _, key := range rapid.SliceOfN(word, 0, 20).Draw(t, "keys") {
			m.Tags = append(m.Tags, Tag{key, word.Draw(t, "value")})
		}
		has := caps.Set(rapid.Uint64().Draw(t, "caps"))
		line := m.Append(nil, has)
		if wrong := valid(line); wrong != "" {
			t.Fatalf("%q: %s", line, wrong)
		}
		again, err := Parse(line[:len(line)-2])
		if err != nil {
			return // a command that is not ASCII
		}
		if len(again.Params) != len(m.Params) && len(line) < MaxBody {
			t.Fatalf("%q has %d parameters, not %d", line, len(again.Params), len(m.Params))
		}
		if m.Source != "" && again.Source == "" {
			t.Fatalf("%q has lost its source", line)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("@label=1;+x=a\\sb;+x :alice!a@h PRIVMSG #tea :hello there"))
	f.Add([]byte("join #tea,#coffee"))
	f.Add([]byte("@a=\xff;\xe9 :: ::"))
	f.Add([]byte("@" + strings.Repeat("k", maxServerTagData+1) + " x"))
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := Parse(line)
		if err != nil {
			return
		}
		out := m.Append(nil, everything)
		if wrong := valid(out); wrong != "" {
			t.Fatalf("%q is written as %q: %s", line, out, wrong)
		}
		again, err := Parse(out[:len(out)-2])
		if err != nil {
			if len(out) >= MaxBody { // the upper case of some commands is longer
				return
			}
			t.Fatalf("%q is written as %q: %v", line, out, err)
		}
		fits := len(line) < maxServerTagData // a key that only a server may send has less room
		if string(again.Append(nil, everything)) != string(out) || fits && len(again.Tags) != len(m.Tags) {
			t.Fatalf("%q is written as %q, then %q", line, out, again)
		}
	})
}

func FuzzAppend(f *testing.F) {
	f.Add("time", "1", "+x", "y", "alice", "PRIVMSG", "#tea", "hello", uint64(everything))
	f.Add("\xff", "\x00", "", "\r\n", ":", "", " ", "\n", uint64(0))
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2, source, command, p1, p2 string, has uint64) {
		m := Message{Tags: Tags{{k1, v1}, {k2, v2}}, Source: source, Command: command, Params: []string{p1, p2}}
		line := m.Append([]byte("before"), caps.Set(has))
		line, ok := bytes.CutPrefix(line, []byte("before"))
		if wrong := valid(line); wrong != "" || !ok {
			t.Fatalf("%q: %s", line, wrong)
		}
		label := AppendTagged(nil, line, Tag{"label", casemap.Truncate(v1, MaxLabel)})
		if wrong := valid(label); wrong != "" && !bytes.Contains(line, []byte("label")) {
			t.Fatalf("%q: %s", label, wrong)
		}
	})
}

func TestTagged(t *testing.T) {
	m := Message{Command: "X", Tags: Tags{{"batch", "1"}}}
	plain, tagged := m.Append(nil, 0), m.Append(nil, everything)
	if InBatch(plain) || !InBatch(tagged) {
		t.Error("InBatch is wrong")
	}
	if InBatch([]byte("X batch=1\r\n")) || InBatch([]byte("@a=batch=1 X\r\n")) || !InBatch([]byte("@a;batch=1 X\r\n")) {
		t.Error("InBatch is wrong about the place of the tag")
	}
	for line, want := range map[string]string{"X\r\n": "@label=\\s X\r\n", "@batch=1 X\r\n": "@label=\\s;batch=1 X\r\n"} {
		if got := string(AppendTagged(nil, []byte(line), Tag{"label", " "})); got != want {
			t.Errorf("%q becomes %q", line, got)
		}
	}
}

func TestIsBatch(t *testing.T) {
	for lines, want := range map[string]bool{
		"":                    false,
		"X":                   false,
		"BATCH +1 x":          false,
		"BATCH +1 x|BATCH -1": true,
		":s BATCH +1 x|@batch=1 :s X|:s BATCH -1":                              true,
		"@time=2 :s BATCH +1 x|@batch=1;a :s X|@batch=1 Y|@time=2 :s BATCH -1": true,
		"BATCH +1 x|X|BATCH -1":                                                false,
		"BATCH +1 x|@batch=1 X":                                                false,
		"BATCH +1 x|BATCH -1|X":                                                false,
		"BATCH +1 x|BATCH -1|BATCH +2 x|BATCH -2":                              false,
		"BATCH +1 x|@batch=1 X|BATCH -1|BATCH +2 x|@batch=2 X|BATCH -2":        false,
		"PRIVMSG #a :BATCH +1|BATCH -1":                                        false,
	} {
		b := []byte(strings.ReplaceAll(lines, "|", "\r\n"))
		if len(b) > 0 {
			b = append(b, "\r\n"...)
		}
		if got := IsBatch(b); got != want {
			t.Errorf("IsBatch(%q) = %v", lines, got)
		}
	}
}

func TestTags(t *testing.T) {
	tags := Tags{{"a", ""}, {"+b", "1"}}
	if v, ok := tags.Has("+b"); v != "1" || !ok || tags.Get("+b") != "1" || tags.Get("c") != "" {
		t.Error("tags are not found")
	}
	if _, ok := tags.Has("c"); ok {
		t.Error("a tag is found that is not there")
	}
	if got := tags.ClientOnly(); !reflect.DeepEqual(got, Tags{{"+b", "1"}}) {
		t.Errorf("ClientOnly() = %v", got)
	}
}

func BenchmarkAppend(b *testing.B) {
	m := Message{Source: "irc.example.com", Command: "001", Params: []string{"alice", "Welcome to the Example Internet Relay Chat network, alice"}}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		m.Append(buf, 0)
	}
}
