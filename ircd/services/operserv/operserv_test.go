package operserv

import (
	"slices"
	"testing"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/privs"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct {
		usage       string
		words, want []string
	}{
		{"<nick> [<reason>]", []string{"bob", "be", "gone"}, []string{"bob", "be gone"}},
		{"<nick> [<reason>]", []string{"bob"}, []string{"bob"}},
		{"<target> <modes> [<parameter>...]", []string{"#tea", "+oo", "a", "b", "c"}, []string{"#tea", "+oo", "a", "b", "c"}},
		{"<text>", []string{"to", "all"}, []string{"to all"}},
		{"", []string{"a", "b"}, []string{"a", "b"}},
	} {
		if got := fold(tt.usage, tt.words); !slices.Equal(got, tt.want) {
			t.Errorf("%q of %q is %q", tt.usage, tt.words, got)
		}
	}
}

// TestNew: what takes a privilege is there, and nothing else.
func TestNew(t *testing.T) {
	table := dispatch.Table{}
	run := func(*dispatch.Request) error { return nil }
	for _, name := range []string{"DEOPER", "STATS", "KLINE", "UBAN", "SAJOIN", "SAKICK", "SAMODE", "SANICK", "SAPART", "SATOPIC", "DIE"} {
		table.Add(dispatch.Command{Name: name, Privileged: name != "DEOPER" && name != "STATS", Oper: privs.Die, Run: run})
	}
	table.Alias("KLINE", "GLINE")
	table.Add(dispatch.Command{Name: "NICKNAME", Run: run})
	v := New(table)
	for _, name := range []string{"KLINE", "GLINE", "AKILL", "STATS", "SHUTDOWN", "MODE"} {
		if v.Commands[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	if v.Commands["GLINE"] != v.Commands["AKILL"] {
		t.Error("synonyms are not the same command")
	}
	if v.Commands["NICKNAME"] != nil {
		t.Error("there is a command for everybody")
	}
}
