package tests

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// noting are the commands of scripts of FuzzMetadata.
var noting = []string{"METADATA", "JOIN", "PART", "MONITOR", "WHOIS", "NICK", "PING", "RENAME", "WAIT"}

// FuzzMetadata lets a client send anything that has to do with metadata, by either draft.
// Whatever it is, the server neither fails nor forgets to answer; each request with a
// label has one answer with it; what others read is well-formed, and in the form they
// have asked for; and what is noted keeps to the limits. A line "WAIT" lets time pass.
func FuzzMetadata(f *testing.F) {
	f.Add(false, "METADATA * SET avatar :https://a.example/\nMETADATA ann LIST\n@label=a METADATA * CLEAR")
	f.Add(true, "@label=a METADATA * SUB avatar url x/y.z\nMETADATA #tea SET url :x\n@label=b METADATA *ALL SYNC\nMETADATA * SUBS\nMETADATA * UNSUB url")
	f.Add(true, "@label=a METADATA #tea GET url $x A :\nJOIN #milk\n@label=c METADATA #milk SET a :\xff\nMONITOR + bob\nWAIT\nMETADATA\nMETADATA *\nMETADATA * SET")
	f.Add(false, "METADATA * SET a :b\nMETADATA * SET a :\nMETADATA * SET a\nMETADATA bob SET a b\nMETADATA #none LIST\nRENAME #tea #coffee\nWHOIS ann")
	f.Fuzz(func(t *testing.T, revised bool, script string) {
		synctest.Test(t, func(t *testing.T) { playMetadata(t, revised, script) })
	})
}

// TestMetadata is FuzzMetadata for scripts that are nearly right.
func TestMetadata(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ *testing.T }{t}, func(t *rapid.T) {
			playMetadata(t, rapid.Bool().Draw(t, "revised"), strings.Join(rapid.SliceOfN(noteLine, 1, 60).Draw(t, "lines"), "\n"))
		})
	})
}

var noteLine = rapid.Custom(func(t *rapid.T) string {
	pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "word") }
	label := pick("", "", "@label=a ", "@label=b ")
	target, key := pick("*", "ann", "bob", "#tea", "#milk", "#none", "*ALL"), pick("avatar", "url", "a/b.c_d-9", "Bad", "$", strings.Repeat("k", 48), strings.Repeat("k", 49))
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0, 1, 2, 3:
		return label + "METADATA " + target + " SET " + key + pick(" :", "", " x", " :two words", " :"+strings.Repeat("é", 150), " :"+strings.Repeat("é", 151), " :\xff")
	case 4:
		return label + "METADATA " + target + " " + pick("LIST", "CLEAR", "SYNC", "SUBS", "SNEEZE", "")
	case 5, 6:
		return label + "METADATA " + target + " " + pick("GET", "SUB", "UNSUB") + " " + key + pick("", " url", " url avatar x y z")
	case 7:
		return label + pick("JOIN #milk", "PART #milk", "MONITOR + bob,cat", "MONITOR S", "WHOIS ann", "NICK ann_", "NICK ann", "RENAME #milk #cream")
	case 8:
		return pick("WAIT", "METADATA", "PING x")
	}
	return label + "METADATA * SET k" + pick("1", "2", "3", "4", "5", "6", "7", "8", "9") + pick("0", "1", "2", "3", "4", "5", "6", "7") + " :" + strings.Repeat("v", 290)
})

func playMetadata(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, revised bool, script string) {
	second, third := (^caps.Set(0)).Without(caps.Metadata3), (^caps.Set(0)).Without(caps.Metadata)
	mine, other := second, third
	if revised {
		mine, other = third, second
	}
	c := newCrowd(t, mine, other, 0, caps.Of(caps.Batch, caps.LabeledResponse, caps.Metadata3))
	defer c.close()
	ann := c.members[0]
	for _, l := range c.members[1:] {
		l.send("METADATA * SUB avatar url a/b.c_d-9")
		l.send("MONITOR + ann")
	}
	synctest.Wait()
	for _, l := range c.members {
		l.take()
	}
	labels := map[string]int{}
	for line := range strings.SplitSeq(script, "\n") {
		m, err := wire.Parse([]byte(strings.TrimSuffix(line, "\r")))
		if len(line) > wire.MaxLine || err == nil && !slices.Contains(noting, m.Command) {
			continue
		}
		if _, batch := m.Tags.Has("batch"); batch {
			continue // that is for FuzzBatches
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
	synctest.Wait()
	if fault := c.fault(); fault != "" {
		t.Fatalf("the server has logged: %s", fault)
	}
	for _, o := range c.members {
		h := hearing{client: o, sender: ann, open: map[string]bool{}, answers: map[string]int{}, asked: noting}
		for _, line := range o.take() {
			if wrong := h.hear(line); wrong != "" {
				t.Fatalf("%s hears %q: %s", o.nick, line, wrong)
			}
		}
		if len(h.open) > 0 || o != ann && len(h.answers) > 0 || o == ann && !maps.Equal(h.answers, labels) {
			t.Fatalf("%s: the batches %v are open; of the labels %v, answers have %v", o.nick, h.open, labels, h.answers)
		}
	}
	cfg := c.server.Config().Metadata
	fits := func(of string, notes state.Metadata) {
		for _, n := range notes {
			if !state.ValidMetaKey(n.Key, cfg.MaxKeyBytes) || !utf8.ValidString(n.Value) || len(n.Value) > cfg.MaxValueBytes || n.Value == "" && revised {
				t.Fatalf("%s has %q", of, n)
			}
		}
		if len(notes) > cfg.MaxKeys || notes.Size() > int(cfg.MaxBytes) {
			t.Fatalf("%s has %d keys, %d bytes", of, len(notes), notes.Size())
		}
	}
	for _, u := range c.server.Network.World.Users() {
		fits(u.Nick(), u.Metadata())
	}
	for _, ch := range c.server.Network.World.Channels() {
		ch.View(func(v state.View) { fits(v.Name(), v.Metadata()) })
	}
}
