package commands

import (
	"errors"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/numerics"
)

func TestListFilter(t *testing.T) {
	for _, c := range []struct {
		params  string
		name    casemap.Folded
		members float64
		created float64
		topic   float64
		want    bool
	}{
		{"", "#tea", 0, 0, 0, true},
		{"#TEA", "#tea", 1, 1, 1, true},
		{"#tea", "#milk", 1, 1, 1, false},
		{"#tea,*ilk", "#milk", 1, 1, 1, true},
		{"#tea,*ilk", "#tea", 1, 1, 1, true},
		{"#t*,!*a", "#tea", 1, 1, 1, false},
		{"!*a", "#milk", 1, 1, 1, true},
		{"!#tea", "#tea", 1, 1, 1, false},
		{">2", "#tea", 2, 1, 1, false},
		{">2", "#tea", 3, 1, 1, true},
		{"<2", "#tea", 2, 1, 1, false},
		{">1,<3", "#tea", 2, 1, 1, true},
		{">1,>5", "#tea", 3, 1, 1, false},
		{"C>2", "#tea", 1, 2.5, 1, true},
		{"C<2", "#tea", 1, 2.5, 1, false},
		{"c<0", "#tea", 1, 0.1, 1, false},
		{"C>0", "#tea", 1, 0.1, 1, true},
		{"T<10", "#tea", 1, 99, 9, true},
		{"t>10", "#tea", 1, 99, 9, false},
		{"#tea >1", "#tea", 1, 1, 1, false},
		{"#tea irc.example.org", "#tea", 1, 1, 1, true},
		{"foo", "#tea", 1, 1, 1, false},
		{",,", "#tea", 1, 1, 1, true},
	} {
		f, err := parseList(casemap.ASCII, strings.Fields(c.params))
		if err != nil {
			t.Errorf("LIST %s: %v", c.params, err)
			continue
		}
		got := f.matchName(c.name) && f.members.has(c.members) && f.created.has(c.created) && f.topic.has(c.topic)
		if got != c.want {
			t.Errorf("LIST %s lets %s (%v members, %v and %v minutes) through: %v", c.params, c.name, c.members, c.created, c.topic, got)
		}
	}
}

func TestListFilterRefuses(t *testing.T) {
	for _, params := range []string{">", "<x", ">-1", "C>1.5", "T<99999999999", strings.Repeat("*a,", maxListMasks+1), strings.Repeat("!a,", maxListMasks+1)} {
		_, err := parseList(casemap.ASCII, []string{params})
		var r numerics.Reply
		if !errors.As(err, &r) || r.Numeric != numerics.ListSyntax {
			t.Errorf("LIST %s: %v", params, err)
		}
	}
}
