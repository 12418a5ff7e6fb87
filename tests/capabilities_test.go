package tests

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/commands"
	"github.com/parley-irc/parley/ircd/wire"
	"github.com/parley-irc/parley/tests/player"
)

// TestCapabilitiesDoNotLeak tests, for clients with any capabilities that do
// anything the server has a command for, that none reads a tag, batch or command
// that it has not asked for.
func TestCapabilitiesDoNotLeak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// In a bubble there is no deadline to be asked for.
		rapid.Check(struct{ *testing.T }{t}, func(t *rapid.T) {
			var sets []caps.Set
			for range 4 {
				sets = append(sets, caps.Set(rapid.Uint64().Draw(t, "capabilities")))
			}
			c := newCrowd(t, sets...)
			defer c.close()
			for range rapid.IntRange(5, 40).Draw(t, "steps") {
				c.step(t)
			}
		})
	})
}

// words are what commands are given.
var words = []string{
	"ann", "bob", "cat", "dan", "#tea", "#tea", "#tea", "#milk", "@#tea", "*", "+o", "-o", "+h", "+b", "+v", "+i", "+m", "-m", "+B",
	"hello", "two words", "a!*@*", "x/y", "LIST", "GET", "SET", "SUB", "ADD", "+ann,bob", "10", "avatar", "SYNC", "LATEST", "+", "-",
	"timestamp=2026-01-01T00:00:00.000Z", "%tcuhnfar", "o", "1",
}

// unfit are commands that end the conversation.
var unfit = []string{"QUIT", "CAP", "DIE", "RESTART", "REHASH", "KILL", "PING", "PONG", "PASS", "USER"}

func (c *crowd) step(t *rapid.T) {
	l := rapid.SampledFrom(c.members).Draw(t, "who")
	tags := rapid.SampledFrom([]string{"", "", "@label=x ", "@+typing=active ", "@+react=x;label=y "}).Draw(t, "tags")
	var lines []string
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		to := rapid.SampledFrom([]string{"#tea", "bob", "@#tea"}).Draw(t, "target")
		lines = []string{tags + "BATCH +1 draft/multiline " + to, "@batch=1 PRIVMSG " + to + " a", "@batch=1;draft/multiline-concat PRIVMSG " + to + " b", "@batch=1 PRIVMSG " + to + " :", "BATCH -1"}
	case 1:
		lines = []string{tags + rapid.SampledFrom([]string{"PRIVMSG #tea :hi", "NOTICE bob :hi", "TAGMSG #tea", "TAGMSG cat", "RELAYMSG #tea a/b hi", "AWAY :out", "AWAY",
			"SETNAME :other", "JOIN #milk", "PART #tea", "JOIN #tea", "INVITE dan #milk", "TOPIC #tea new", "OPER admin x", "NICK " + l.nick + "_", "NICK " + l.nick}).Draw(t, "line")}
	default:
		var names []string
		for _, row := range commands.Table.Sorted() {
			if !slices.Contains(unfit, row.Name) {
				names = append(names, row.Name)
			}
		}
		line := rapid.SampledFrom(names).Draw(t, "command")
		for _, w := range rapid.SliceOfN(rapid.SampledFrom(words), 0, 4).Draw(t, "words") {
			if strings.Contains(w, " ") {
				line += " :" + w
				break
			}
			line += " " + w
		}
		lines = []string{tags + line}
	}
	for _, line := range lines {
		l.send(line)
	}
	synctest.Wait()
	if fault := c.fault(); fault != "" {
		t.Fatalf("after %s: %q\nthe server has logged: %s", l.nick, lines, fault)
	}
	for _, o := range c.members {
		for _, heard := range o.take() {
			if wrong := leak(o, l, lines[0], heard); wrong != "" {
				t.Fatalf("after %s: %q\n%s, with %v, heard %q: %s", l.nick, lines, o.nick, o.has, heard, wrong)
			}
		}
	}
}

// leak says what a client hears that it has not asked for, or "".
func leak(o, sender *listener, sent, line string) string {
	m, err := wire.Parse([]byte(untagged(line))) // which reads the tags that a client may send
	if err != nil {
		return err.Error()
	}
	request, _ := wire.Parse([]byte(untagged(sent)))
	if _, ok := tagsIn(line)["label"]; ok && o != sender {
		return "a label"
	}
	if m.Command == "INVITE" && !strings.HasPrefix(m.Params[0], o.nick) && !o.has.Has(caps.InviteNotify) {
		return "an INVITE of another"
	}
	r := player.Reader{Caps: o.has, Asked: func(command string) bool { return o == sender && request.Command == command }}
	return r.Leak(line)
}
