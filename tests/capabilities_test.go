package tests

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/commands"
	"github.com/parley-irc/parley/ircd/wire"
)

// needs are the capabilities of which a client needs one to read a command, a tag
// or a type of batch. What is not there, anybody reads; other tags need
// message-tags. The table is this test's own, read from the specifications, so that
// a mistake in the server's is not made twice.
var needs = struct{ commands, tags, batches map[string]caps.Set }{
	map[string]caps.Set{
		"TAGMSG":   caps.Of(caps.MessageTags),
		"BATCH":    caps.Of(caps.Batch),
		"ACK":      caps.Of(caps.LabeledResponse),
		"ACCOUNT":  caps.Of(caps.AccountNotify),
		"AWAY":     caps.Of(caps.AwayNotify),
		"CHGHOST":  caps.Of(caps.ChgHost),
		"SETNAME":  caps.Of(caps.SetName),
		"REDACT":   caps.Of(caps.Redaction),
		"EDIT":     caps.Of(caps.MessageEdit),
		"RENAME":   caps.Of(caps.ChannelRename),
		"MARKREAD": caps.Of(caps.ReadMarker),
		"METADATA": caps.Of(caps.Metadata, caps.Metadata3),
	},
	map[string]caps.Set{
		"time":                   caps.Of(caps.ServerTime),
		"account":                caps.Of(caps.AccountTag),
		"batch":                  caps.Of(caps.Batch),
		"label":                  caps.Of(caps.LabeledResponse),
		"draft/oper":             caps.Of(caps.OperTag),
		"draft/multiline-concat": caps.Of(caps.Multiline),
		"draft/relaymsg":         caps.Of(caps.Relaymsg),
	},
	map[string]caps.Set{
		"draft/multiline":  caps.Of(caps.Multiline),
		"labeled-response": caps.Of(caps.LabeledResponse),
		"draft/isupport":   caps.Of(caps.ExtendedISupport),
		// chathistory and metadata are answers: their clients have asked for them.
	},
}

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
	m, err := wire.Parse([]byte(line))
	if err != nil {
		return err.Error()
	}
	request, _ := wire.Parse([]byte(sent))
	for _, tag := range m.Tags {
		need, ok := needs.tags[tag.Key]
		if !ok {
			need = caps.Of(caps.MessageTags)
		}
		if !o.has.HasAny(need) {
			return "the tag " + tag.Key
		}
		if tag.Key == "label" && o != sender {
			return "a label"
		}
	}
	asked := o == sender && request.Command == m.Command // and so it knows the command
	if need := needs.commands[m.Command]; need != 0 && !o.has.HasAny(need) && !asked {
		return "the command"
	}
	switch {
	case m.Command == "BATCH" && m.Params[0][0] == '+':
		if need := needs.batches[m.Params[1]]; need != 0 && !o.has.HasAny(need) {
			return "the type of the batch"
		}
	case m.Command == "JOIN" && len(m.Params) > 1 && !o.has.Has(caps.ExtendedJoin):
		return "an extended JOIN"
	case m.Command == "INVITE" && !strings.HasPrefix(m.Params[0], o.nick) && !o.has.Has(caps.InviteNotify):
		return "an INVITE of another"
	case m.Command == "353":
		return leakOfNames(o, m.Params[len(m.Params)-1])
	}
	return ""
}

func leakOfNames(o *listener, names string) string {
	for name := range strings.FieldsSeq(names) {
		prefixes := len(name) - len(strings.TrimLeft(name, "~&@%+"))
		if prefixes > 1 && !o.has.Has(caps.MultiPrefix) || strings.Contains(name, "!") && !o.has.Has(caps.UserhostInNames) {
			return fmt.Sprintf("the name %q", name)
		}
	}
	return ""
}
