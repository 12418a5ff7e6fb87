package tests

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/wire"
)

// batching are the commands of scripts of FuzzBatches.
var batching = []string{"BATCH", "PRIVMSG", "NOTICE", "TAGMSG", "PING", "TOPIC", "WAIT"}

// FuzzBatches lets a client send anything that has to do with batches. Whatever it
// is, the server neither fails nor forgets to answer; each request with a label has
// one answer with it; what others read is well-formed, and in the form they have
// asked for. A line "WAIT" lets time pass.
func FuzzBatches(f *testing.F) {
	f.Add("@label=a BATCH +1 draft/multiline #tea\n@batch=1 PRIVMSG #tea :a\n@batch=1;draft/multiline-concat PRIVMSG #tea :b\n@label=b BATCH -1")
	f.Add("BATCH +1 draft/multiline #tea\n@batch=2;label=x PRIVMSG #tea :a\nBATCH -1\n@batch=1 PRIVMSG #tea :")
	f.Add("@label=a BATCH +1 draft/multiline bob\n@batch=1 NOTICE bob :\n@batch=1 NOTICE bob b\nPING x\nBATCH +2 draft/multiline #tea\nWAIT\nBATCH -2")
	f.Add("@label=a BATCH +1 draft/multiline ann\n@batch=1 PRIVMSG ann a\nWAIT\n@label=b TOPIC #tea\n@batch=1 BATCH +1 x\nBATCH")
	f.Fuzz(func(t *testing.T, script string) {
		synctest.Test(t, func(t *testing.T) { playBatches(t, script) })
	})
}

// TestBatches is FuzzBatches for scripts that are nearly right.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ *testing.T }{t}, func(t *rapid.T) {
			playBatches(t, strings.Join(rapid.SliceOfN(batchLine, 1, 50).Draw(t, "lines"), "\n"))
		})
	})
}

// batchLine makes lines of scripts. Some make up for others that are seldom right.
var batchLine = rapid.Custom(func(t *rapid.T) string {
	pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "word") }
	label := pick("", "", "", "label=a;", "label=b;", "+x=y;")
	ref, target := pick("1", "1", "1", "2"), pick("#tea", "#tea", "#tea", "bob", "ann", "#none")
	tagged := func(tags, rest string) string {
		if tags == "" {
			return rest
		}
		return "@" + strings.TrimSuffix(tags, ";") + " " + rest
	}
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0, 1:
		return tagged(label, "BATCH +"+ref+" draft/multiline "+target)
	case 2, 3:
		return tagged(label, "BATCH -"+ref)
	case 4:
		return tagged(label, pick("PING x", "TOPIC #tea", "PRIVMSG #tea hi", "BATCH +1 x", "BATCH", "PRIVMSG #tea :\xff", "PRIVMSG #tea "+strings.Repeat("x", 600), "WAIT"))
	case 5:
		return tagged(label+"batch="+ref+";", pick("PRIVMSG ", "NOTICE ", "TAGMSG ")+target+" :"+pick("", "a", "\xff", strings.Repeat("é", 230)))
	case 6:
		return tagged("batch="+ref+";draft/multiline-concat;", "PRIVMSG "+target+" :"+pick("", "b", "c d"))
	case 7:
		lines := tagged(label, "BATCH +m draft/multiline "+target)
		for range rapid.IntRange(1, 4).Draw(t, "lines") {
			lines += "\n@batch=m PRIVMSG " + target + " :" + pick("", "a", "b c", strings.Repeat("é", 230))
		}
		return lines + "\nBATCH -m"
	}
	return tagged("batch=1;", "PRIVMSG #tea :"+pick("", "a", "b c", strings.Repeat("é", 230)))
})

func playBatches(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, script string) {
	all := ^caps.Set(0)
	c := newCrowd(t, all, all, 0, caps.Of(caps.Batch, caps.LabeledResponse, caps.MessageTags))
	defer c.close()
	ann := c.members[0]
	labels := map[string]int{}
	for line := range strings.SplitSeq(script, "\n") {
		m, err := wire.Parse([]byte(strings.TrimSuffix(line, "\r")))
		if len(line) > wire.MaxLine || err == nil && !slices.Contains(batching, m.Command) {
			continue
		}
		if m.Command == "WAIT" {
			time.Sleep(31 * time.Second)
			continue
		}
		if label := m.Tags.Get("label"); label != "" && len(label) <= wire.MaxLabel {
			labels[label]++
		}
		ann.send(line)
	}
	ann.send("TOPIC #tea") // ends a batch that is open
	synctest.Wait()
	if fault := c.fault(); fault != "" {
		t.Fatalf("the server has logged: %s", fault)
	}
	for _, o := range c.members {
		h := hearing{client: o, sender: ann, open: map[string]bool{}, answers: map[string]int{}}
		for _, line := range o.take() {
			if wrong := h.hear(line); wrong != "" {
				t.Fatalf("%s hears %q: %s", o.nick, line, wrong)
			}
		}
		if len(h.open) > 0 || o != ann && len(h.answers) > 0 || o == ann && !maps.Equal(h.answers, labels) {
			t.Fatalf("%s: the batches %v are open; of the labels %v, answers have %v", o.nick, h.open, labels, h.answers)
		}
	}
}

// A hearing is what a client has heard so far.
type hearing struct {
	client, sender *listener
	asked          []string        // commands that the sender has sent
	open           map[string]bool // batches
	answers        map[string]int  // by label
}

// hear says what is wrong with a line, or "".
func (h *hearing) hear(line string) string {
	m, err := wire.Parse([]byte(line))
	if err != nil {
		return err.Error()
	}
	if ref, ok := m.Tags.Has("batch"); ok && !h.open[ref] {
		return "its batch is not open"
	}
	if label, ok := m.Tags.Has("label"); ok {
		h.answers[label]++
	}
	switch ref := m.Param(0); {
	case m.Command == "BATCH" && h.open[ref[1:]] == (ref[0] == '+'):
		return "the batch is open twice, or not at all"
	case m.Command == "BATCH" && ref[0] == '+':
		h.open[ref[1:]] = true
	case m.Command == "BATCH":
		delete(h.open, ref[1:])
	case m.Command == "PRIVMSG" || m.Command == "NOTICE":
		if _, ok := m.Tags.Has("batch"); m.Param(1) == "" && !(ok && h.client.has.Has(caps.Multiline)) {
			return "it is blank"
		}
	}
	for _, command := range h.asked {
		if leak(h.client, h.sender, command, line) == "" {
			return ""
		}
	}
	return leak(h.client, h.sender, "", line)
}
