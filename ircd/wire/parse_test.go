package wire

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		line string
		want Message
	}{
		{"PING", Message{Command: "PING"}},
		{"privmsg #tea :hello there", Message{Command: "PRIVMSG", Params: []string{"#tea", "hello there"}}},
		{"  JOIN   #a   b  ", Message{Command: "JOIN", Params: []string{"#a", "b"}}},
		{"TOPIC #a :", Message{Command: "TOPIC", Params: []string{"#a", ""}}},
		{"PRIVMSG #a ::)", Message{Command: "PRIVMSG", Params: []string{"#a", ":)"}}},
		{":alice!a@h NICK bob", Message{Source: "alice!a@h", Command: "NICK", Params: []string{"bob"}}},
		{"@label=1 PING x", Message{Tags: Tags{{"label", "1"}}, Command: "PING", Params: []string{"x"}}},
		{"@b;a=1;+c=\\s\\:\\\\\\r\\n\\b\\ X", Message{Tags: Tags{{"b", ""}, {"a", "1"}, {"+c", " ;\\\r\nb"}}, Command: "X"}},
		{"@a=1;b=2;a=3 X", Message{Tags: Tags{{"b", "2"}, {"a", "3"}}, Command: "X"}},
		{"@;;=x;+;a X", Message{Tags: Tags{{"a", ""}}, Command: "X"}},
		{"@a=\xff;b=\xc3\xa9 X", Message{Tags: Tags{{"a", ""}, {"b", "é"}}, Command: "X"}},
		{"@draft/x=1;+example.com/y_z=2 X", Message{Tags: Tags{{"draft/x", "1"}, {"+example.com/y_z", "2"}}, Command: "X"}},
		{"@a  :src  X", Message{Tags: Tags{{"a", ""}}, Source: "src", Command: "X"}},
	} {
		got, err := Parse([]byte(c.line))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("Parse(%q) = %#v, %v", c.line, got, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		line string
		want error
	}{
		{"", ErrEmpty},
		{"   ", ErrEmpty},
		{"@a=b", ErrEmpty},
		{"@a=b ", ErrEmpty},
		{":source", ErrEmpty},
		{"PRIVMSG #a :x\rQUIT", ErrMalformed},
		{"PRIVMSG #a :x\nQUIT", ErrMalformed},
		{"PING x\r\n", ErrMalformed},
		{"PRIVMSG #a :\x00", ErrMalformed},
		{"\xff\xfe x", ErrMalformed},
		{"@a @b PING", ErrMalformed},
		{" @b PING", ErrMalformed},
		{"PING :" + x(504), nil},
		{"PING :" + x(505), ErrBodyTooLong},
		{"@" + x(4094) + " PING :" + x(504), nil},
		{"@" + x(4094) + " PING :" + x(505), ErrBodyTooLong},
		{"@" + x(4095) + " PING", ErrTagsTooLong},
		{"@" + x(4095), ErrTagsTooLong},
		{"@" + x(9000), ErrTagsTooLong},
		{"@" + x(9000) + " PING", ErrTagsTooLong},
		{"@a " + x(9000), ErrBodyTooLong},
		{x(9000), ErrBodyTooLong},
	} {
		if _, err := Parse([]byte(c.line)); !errors.Is(err, c.want) {
			t.Errorf("Parse(%.20q…, %d bytes): %v, want %v", c.line, len(c.line), err, c.want)
		}
	}
	if m, _ := Parse([]byte("@label=7 PING :" + x(505))); m.Tags.Get("label") != "7" {
		t.Error("a line that is too long has lost its label")
	}
}

func TestManyTags(t *testing.T) {
	line := []byte("@" + strings.Repeat("+a;", 1000) + "+a=last;+b X")
	m, err := Parse(line)
	if err != nil || !reflect.DeepEqual(m.Tags, Tags{{"+a", "last"}, {"+b", ""}}) {
		t.Errorf("%v, %v", m.Tags, err)
	}
}

func TestParseAllocations(t *testing.T) {
	for line, most := range map[string]float64{
		"PRIVMSG #tea :hello to everyone":      3,
		"@label=12;+typing=active TAGMSG #tea": 3,
		"PING x":                               2,
	} {
		b := []byte(line)
		if n := testing.AllocsPerRun(100, func() { Parse(b) }); n > most {
			t.Errorf("Parse(%q) allocates %v times, more than %v", line, n, most)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, line := range map[string]string{
		"plain": "PRIVMSG #tea :hello to everyone in this channel, this is a message of a usual length",
		"tags":  "@label=12;+draft/reply=abc PRIVMSG #tea :hello to everyone in this channel",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse([]byte(line))
			}
		})
	}
}
