package commands

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

func collect(lines string) (*multiline, error) {
	m := &multiline{mapping: casemap.ASCII, maxBytes: 64, maxLines: 4, message: event.MessageSent{Target: "#tea"}}
	for text := range strings.SplitSeq(lines, "\n") {
		line, err := wire.Parse([]byte(text))
		if err != nil {
			continue
		}
		if err := m.add(&line); err != nil {
			return m, err
		}
	}
	return m, nil
}

func TestMultiline(t *testing.T) {
	const concat = "@draft/multiline-concat "
	for _, c := range []struct{ lines, want, code string }{
		{"PRIVMSG #tea a\nPRIVMSG #TEA b", "a\nb", ""},
		{"NOTICE #tea a\nNOTICE #tea :\nNOTICE #tea b", "a\n\nb", ""},
		{"PRIVMSG #tea :how is \n" + concat + "PRIVMSG #tea everyone?", "how is everyone?", ""},
		{concat + "PRIVMSG #tea first", "first", ""},
		{"PRIVMSG #tea a\nNOTICE #tea b", "", "MULTILINE_INVALID"},
		{"TAGMSG #tea", "", "MULTILINE_INVALID"},
		{"PRIVMSG #tea", "", "MULTILINE_INVALID"},
		{"PRIVMSG", "", "MULTILINE_INVALID"},
		{"@label=x PRIVMSG #tea a", "", "MULTILINE_INVALID"},
		{"PRIVMSG #tea a\n" + concat + "PRIVMSG #tea :", "", "MULTILINE_INVALID"},
		{"PRIVMSG #coffee a", "", "MULTILINE_INVALID_TARGET"},
		{"PRIVMSG #tea 1\nPRIVMSG #tea :\nPRIVMSG #tea 3\nPRIVMSG #tea 4\nPRIVMSG #tea 5", "", "MULTILINE_MAX_LINES"},
		{"PRIVMSG #tea " + strings.Repeat("x", 62) + "\nPRIVMSG #tea y", strings.Repeat("x", 62) + "\ny", ""},
		{"PRIVMSG #tea " + strings.Repeat("x", 62) + "\nPRIVMSG #tea yz", "", "MULTILINE_MAX_BYTES"},
		{"PRIVMSG #tea " + strings.Repeat("x", 62) + "\n" + concat + "PRIVMSG #tea yz", strings.Repeat("x", 62) + "yz", ""},
	} {
		m, err := collect(c.lines)
		var fail numerics.Fail
		if errors.As(err, &fail); fail.Code != c.code {
			t.Errorf("%q: %v, want %q", c.lines, err, c.code)
		}
		if got := m.message.Whole(); err == nil && got != c.want {
			t.Errorf("%q is %q, want %q", c.lines, got, c.want)
		}
	}
}

// FuzzMultiline tests that what is collected from any lines is within the limits,
// of one command and one target, and as it was sent.
func FuzzMultiline(f *testing.F) {
	f.Add("PRIVMSG #tea a\n@draft/multiline-concat PRIVMSG #tea :b c\nPRIVMSG #tea :")
	f.Add("NOTICE #TEA :\nNOTICE #tea x\nPRIVMSG #tea y")
	f.Add("@batch=1;draft/multiline-concat=x PRIVMSG #tea \xff")
	f.Fuzz(func(t *testing.T, lines string) {
		m, err := collect(lines)
		var fail numerics.Fail
		if err != nil && !errors.As(err, &fail) {
			t.Fatalf("%q: %v is no FAIL", lines, err)
		}
		b := m.message
		if len(b.Lines) > m.maxLines || len(b.Whole()) > m.maxBytes {
			t.Fatalf("%v is beyond the limits", b.Lines)
		}
		for i, l := range b.Lines {
			if l.Concat && (i == 0 || l.Text == "") || strings.ContainsAny(l.Text, "\r\n\x00") {
				t.Fatalf("%q has the line %v", lines, l)
			}
		}
		if len(b.Lines) > 0 && b.Command != "PRIVMSG" && b.Command != "NOTICE" || b.Target != "#tea" {
			t.Fatalf("%q is a %s to %s", lines, b.Command, b.Target)
		}
		if m.text != slices.ContainsFunc(b.Lines, func(l event.Line) bool { return l.Text != "" }) {
			t.Fatalf("%q: whether it is blank is not known", lines)
		}
	})
}

func TestIsReference(t *testing.T) {
	for s, want := range map[string]bool{"1": true, "aZ-9": true, "": false, "a_b": false, "a b": false, "é": false, "-": true} {
		if isReference(s) != want {
			t.Errorf("isReference(%q) is %v", s, !want)
		}
	}
}
