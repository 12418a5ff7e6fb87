package tests

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/wire"
)

// FuzzTags lets a client send messages with any tags. Others read of them client-only tags
// alone, each once, as they were sent, and within the budgets; whatever else has a tag was
// put there by the server. What one client reads, others and the history do as well.
// https://ircv3.net/specs/extensions/message-tags
func FuzzTags(f *testing.F) {
	f.Add("@+a=b;+c PRIVMSG #tea :hi\n@time=x;msgid=y;account=z;batch=;+ok TAGMSG #tea")
	f.Add("@+a=1;+a=2;+draft/reply=x\\:\\s\\\\\\r\\n\\b\\ NOTICE bob :hi\n@=;+=;;+; PRIVMSG #tea x\n@+x=\xff PRIVMSG #tea :x")
	f.Add("@label=" + strings.Repeat("l", 64) + ";+typing=active TAGMSG bob\n@+" + strings.Repeat("k", 4090) + " TAGMSG #tea\n@draft/oper=x;bot;+draft/multiline-concat PRIVMSG #tea :y")
	f.Add("@+vendor.example/k=v;+vendor.example/k=w;-x=y;+é=z PRIVMSG #tea,bob :hi\n@ PRIVMSG #tea :x\n@+a  PRIVMSG #tea :x")
	f.Add("@+a=b PRIVMSG #teA,#tea :twice")
	f.Fuzz(func(t *testing.T, script string) {
		synctest.Test(t, func(t *testing.T) { playTags(t, script) })
	})
}

// TestTags is FuzzTags for tags that are nearly right.
func TestTags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ *testing.T }{t}, func(t *rapid.T) {
			playTags(t, strings.Join(rapid.SliceOfN(tagLine, 1, 20).Draw(t, "lines"), "\n"))
		})
	})
}

var tagLine = rapid.Custom(func(t *rapid.T) string {
	pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "word") }
	tags := ""
	for range rapid.IntRange(0, 6).Draw(t, "tags") {
		tags += pick("+a", "+a", "+b/c", "+draft/reply", "+typing", "a", "time", "msgid", "label", "account", "bot", "+", "", "+é", "+"+strings.Repeat("k", 300)) +
			pick("", "=", "=x", "=x", `=\:\s\\\r\n`, `=\`, "=\xff", "="+strings.Repeat("v", 900)) + ";"
	}
	return "@" + strings.TrimSuffix(tags, ";") + " " + pick("PRIVMSG", "NOTICE", "TAGMSG") + " " + pick("#tea", "#tea", "bob", "#tea,bob", "#none") + pick(" :hi", " :hi", "")
})

// given are the tags that the server adds.
var given = []string{"time", "msgid", "account", "bot", "label", "batch"}

func playTags(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, script string) {
	all := ^caps.Set(0)
	c := newCrowd(t, all, caps.Of(caps.MessageTags), 0, all)
	defer c.close()
	ann := c.members[0]
	for line := range strings.SplitSeq(script, "\n") {
		m, err := wire.Parse([]byte(strings.TrimSuffix(line, "\r")))
		if _, batch := m.Tags.Has("batch"); len(line) > wire.MaxLine || batch || err == nil && !slices.Contains([]string{"PRIVMSG", "NOTICE", "TAGMSG"}, m.Command) {
			continue
		}
		if err == nil && twice(m.Param(0)) {
			continue // two messages that say the same
		}
		ann.send(line)
		synctest.Wait()
		if fault := c.fault(); fault != "" {
			t.Fatalf("after %q the server has logged: %s", line, fault)
		}
		sent := tagsIn(line)
		ids := map[string]string{} // of what was sent, by what it says
		for _, o := range c.members {
			for _, heard := range o.take() {
				if wrong := leak(o, ann, line, heard); wrong != "" {
					t.Fatalf("after %q %s hears %q: %s", line, o.nick, heard, wrong)
				}
				if wrong := foreign(sent, heard, ids); wrong != "" {
					t.Fatalf("after %q %s hears %q: %s", line, o.nick, heard, wrong)
				}
			}
		}
	}
}

// twice reports whether a target is twice in a list.
func twice(targets string) bool {
	list := strings.Split(string(casemap.ASCII.Fold(targets)), ",")
	slices.Sort(list)
	return len(slices.Compact(list)) < strings.Count(targets, ",")+1
}

// tagsIn returns the tags of a line as they are written, by key; of several with a key
// the last. It is not the server's parser.
func tagsIn(line string) map[string]string {
	all := map[string]string{}
	if !strings.HasPrefix(line, "@") {
		return all
	}
	text, _, _ := strings.Cut(line[1:], " ")
	for tag := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(tag, "=")
		all[key] = value
	}
	return all
}

// untagged returns a line without its tags.
func untagged(line string) string {
	if strings.HasPrefix(line, "@") {
		_, line, _ = strings.Cut(line, " ")
	}
	return line
}

var unescape = strings.NewReplacer(`\:`, ";", `\s`, " ", `\r`, "\r", `\n`, "\n", `\\`, `\`, `\`, "")

// foreign says what tag of a message that was sent should not be there, or "".
func foreign(sent map[string]string, heard string, ids map[string]string) string {
	body := untagged(heard)
	m, err := wire.Parse([]byte(body))
	if err != nil {
		return err.Error()
	}
	if len(heard)-len(body) > wire.MaxTags || len(body)+len("\r\n") > wire.MaxBody {
		return "it is too long"
	}
	seen := tagsIn(heard)
	for key, value := range seen {
		switch want, ok := sent[key]; {
		case strings.HasPrefix(key, "+"):
			if !ok || unescape.Replace(want) != unescape.Replace(value) && !(value == "" && (strings.Contains(want, "\xff") || strings.Contains(want, "\x00"))) {
				return "the tag " + key + " was not sent so"
			}
		case !slices.Contains(given, key):
			return "the tag " + key + " is not the server's"
		case key == "label" && unescape.Replace(want) != unescape.Replace(value):
			return "the label is another"
		case key != "label" && ok && want == value && value != "":
			return "the tag " + key + " is the client's"
		}
	}
	if id, said := seen["msgid"], m.Command+" "+m.Param(0); id != "" && strings.HasPrefix(m.Source, "ann!") {
		if ids[said] != "" && ids[said] != id {
			return "another msgid than others read"
		}
		ids[said] = id
	}
	return ""
}
