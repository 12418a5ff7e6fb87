package reference

import (
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/modes"
)

var kinds = []struct {
	kind  modes.Kind
	title string
	intro string
}{
	{modes.Status, "Status of members", "Set with a nick. Those with a higher one may do what those with a lower one may."},
	{modes.List, "Lists", "Each `MODE` adds or removes an entry; without an entry it shows the list. What entries look like is in [extended bans](extended-bans.md)."},
	{modes.Key, "With a parameter, also when unset", ""},
	{modes.Param, "With a parameter", ""},
	{modes.Flag, "Flags", ""},
}

func channelModes() string {
	p := newPage("Channel modes", "Changed by `MODE #channel +letters parameters`.")
	t := modes.Channel()
	for _, k := range kinds {
		p.modes(t, k.kind, "\n## "+k.title+"\n", k.intro)
	}
	return p.String()
}

func userModes() string {
	p := newPage("User modes", "Changed by `MODE nick +letters`, for oneself.")
	p.modes(modes.User(), modes.Flag, "", "")
	p.modes(modes.User(), modes.Param, "\n## With a parameter\n", "")
	return p.String()
}

// modes writes a table of the modes of a kind.
func (p *page) modes(t *modes.Table, kind modes.Kind, title, intro string) {
	p.WriteString(title)
	if intro != "" {
		p.WriteString("\n" + intro + "\n")
	}
	p.table("mode", "name", "what it does", "who sets it")
	for _, m := range t.Rows {
		if m.Kind != kind {
			continue
		}
		letter := "+" + string(m.Letter)
		if m.Syntax != "" {
			letter += " " + m.Syntax
		}
		name := m.Name
		if m.Prefix != 0 {
			name += " (" + code(string(m.Prefix)) + ")"
		}
		p.row(code(letter), name, m.Help.String(), setter(m))
	}
}

func setter(m *modes.Mode) string {
	switch {
	case m.Fixed:
		return "the server"
	case m.Oper:
		return "operators of the network"
	}
	return ""
}

func extendedBans() string {
	p := newPage("Extended bans", `An entry of the lists b, e and I is a mask such as `+"`nick!user@host`"+`, or one of these. "!" before
an entry means everybody else, "&" joins several that must all fit, and names may stand for letters.`)
	p.table("entry", "name", "whom or what it is about")
	for _, r := range extban.Rows() {
		p.row(code(r.Usage), r.Name, r.Help.String())
	}
	return p.String()
}

func serverNotices() string {
	p := newPage("Server notices", "Operators receive those whose letters they choose by `MODE nick +s letters`; `+s +kc-d` adds and takes away.")
	p.table("letter", "name", "of what they tell")
	for _, row := range modes.Snomasks() {
		p.row(code(string(row.Letter)), row.Name, row.Help.String())
	}
	return p.String()
}
