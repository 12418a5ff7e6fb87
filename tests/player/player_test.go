package player

import (
	"strings"
	"testing"
	"testing/synctest"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		want, got string
		same      bool
	}{
		{"PING x", "PING :x", true},
		{"PING x", ":irc PING x", true},
		{":irc PING x", "PING x", false},
		{":a!* PING x", ":a!b@c PING x", true},
		{":a!* PING x", ":b!b@c PING x", false},
		{"PING", "PING x", false},
		{"PING x y", "PING x", false},
		{"00? x", "001 x", true},
		{"005 a ...", "005 a b c :d", true},
		{"005 a ...", "005 a", true},
		{"005 a ...", "005 b c", false},
		{"A :b*d", "A :b c d", true},
		{`A \*`, "A *", true},
		{`A \*`, "A x", false},
		{"A a.c", "A abc", false},
		{"@a=b A", "@a=b;c=d A", true},
		{"@a=b A", "@a=c A", false},
		{"@a= A", "@a A", false},
		{"@a= A", "@b A", true},
		{"@a A", "@a A", true},
		{"@a A", "@a=b A", true},
		{"@a A", "A", false},
		{`@a=b\sc A`, `@a=b\sc A`, true},
		{"A $x $x", "A 1 1", true},
		{"A $x $x", "A 1 2", false},
		{"A $x!$x", "A 1!1", true},
		{"A $known", "A it", true},
		{"A $known", "A that", false},
		{"A +$known", "A +it", true},
		{"A caf\xe9", "A caf\xe9", true},
		{"A :{a b c}", "A :c a b", true},
		{"A :{a b c}", "A :c a", false},
		{"A :{a b}", "A :c a b", false},
		{"A :{a*! b}", "A :b ax!", true},
	}
	for _, test := range tests {
		want, err := parse(test.want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parse(test.got)
		if err != nil {
			t.Fatal(err)
		}
		if same := (binding{"$known": "it"}).match(want, got); same != test.same {
			t.Errorf("%q and %q: %v", test.want, test.got, same)
		}
	}
}

func TestBinding(t *testing.T) {
	b := binding{}
	want, _ := parse("A $x $y")
	got, _ := parse("A 1 2")
	other, _ := parse("A $z B")
	if !b.match(want, got) || b["$x"] != "1" || b["$y"] != "2" {
		t.Errorf("bound %v", b)
	}
	if b.match(other, got) || b["$z"] != "" {
		t.Errorf("bound %v by what is not the same", b)
	}
}

func TestExpand(t *testing.T) {
	for text, want := range map[string]string{
		`\x03a\x01`: "\x03a\x01", "{a*3}b": "aaab", "{ab*2}": "abab", "{a*,*2}": "a*,a*,", "{a}": "{a}", `\s`: `\s`,
	} {
		if got := expand(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	for line, ok := range map[string]bool{
		"PING x\r\n":    true,
		"@a=b PING\r\n": true,
		"PING x\n":      false,
		"PING\rx\r\n":   false,
		"PING \x00\r\n": false,
		"\r\n":          false,
		"PING  x\r\n":   false,
		"@a;a PING\r\n": false,
		"PING " + strings.Repeat("x", 505) + "\r\n":    true,
		"PING " + strings.Repeat("x", 506) + "\r\n":    false,
		"@" + strings.Repeat("x", 8189) + " PING\r\n":  true,
		"@" + strings.Repeat("x", 8190) + " PING\r\n":  false,
		"@a PING " + strings.Repeat("x", 505) + "\r\n": true,
		"@a PING " + strings.Repeat("x", 506) + "\r\n": false,
		":irc 001 a :\r\n":                             true,
		":irc 001 a  :\r\n":                            false,
	} {
		if err := check(line); (err == nil) != ok {
			t.Errorf("%.40q: %v", line, err)
		}
	}
}

// TestMistakes tests that a conversation fails where it is not true, and says why.
func TestMistakes(t *testing.T) {
	const begin = "connect alice bob\njoin #tea alice bob\n"
	tests := []struct{ text, want string }{
		{"alice > PRIVMSG bob :hi\n", "at the end bob also heard\n\t:alice!"},
		{"alice > PRIVMSG bob :hi\nalice > PING x", "test:4: bob also heard"},
		{"alice > PRIVMSG bob :hi\nbob < PRIVMSG bob ho", "test:4: bob heard\n\t:alice!"},
		{"alice > PING x\nbob < PONG * x", "test:4: bob heard nothing; wanted\n\tPONG * x"},
		{"* < PONG * x", "test:3: nobody heard anything"},
		{"alice > PRIVMSG #tea :x\nalice,bob < PRIVMSG #tea x", "test:4: alice heard nothing"},
		{"alice > PING x\nalice <... 366 *", "test:4: alice heard no"},
		{"alice closed", "test:3: alice is still connected"},
		{"alice > QUIT\nbob < QUIT *\nalice < ERROR *", "test:5: at the end alice was disconnected"},
		{"carol > PING x", `test:3: there is no client "carol"`},
		{"connect alice", "test:3: alice is connected already"},
		{"dance alice", "test:3: this line is not understood: dance"},
		{"connect carol with nonsense", "carol did not hear CAP"},
		{"cap alice nonsense", "alice did not hear CAP"},
		{"join # alice", "alice did not hear JOIN"},
		{"alice <? PING", "is not understood"},
	}
	for _, test := range tests {
		for _, linked := range []bool{false, true} {
			if err := playText(t, begin+test.text, linked); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%q, linked %v: %v", test.text, linked, err)
			}
		}
	}
	if err := playText(t, begin+"alice > PRIVMSG bob :hi\nbob < PRIVMSG bob hi", true); err != nil {
		t.Error(err)
	}
}

func playText(t *testing.T, text string, linked bool) (err error) {
	s, err := Parse("test", text)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		b, e := newBubble(s, linked)
		if e != nil {
			t.Fatal(e)
		}
		defer b.close()
		err = play(s, b)
	})
	return err
}

func TestParse(t *testing.T) {
	for text, ok := range map[string]bool{
		"connect alice\n":                               true,
		"alice > X\n-- config.toml --\n[server]\n":      true,
		"-- config.east.toml --\n-- motd --\n":          true,
		"-- motd --\n-- motd --\n":                      false,
		"-- something --\n":                             false,
		"# single: why\n# linked: why\nconnect alice\n": false,
	} {
		if _, err := Parse("test", text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, plain := range map[string]bool{
		"connect alice at west with batch\n": true, "connect alice tls\n": false, "wait 1s\n": false, "oper alice\n": false,
		"-- motd --\nx\n": false, "# inside: why\n": false, "# linked: why\n": false, "# single: why\n": true,
	} {
		s, err := Parse("test", text)
		if err != nil || s.Plain() != plain {
			t.Errorf("%q: %v, %v", text, s.Plain(), err)
		}
	}
}
