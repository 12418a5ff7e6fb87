package reference

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/isupport"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

func capabilities() string {
	p := newPage("Capabilities", "What clients can enable by `CAP REQ`, and what they gain. A server offers those it is configured for.")
	p.table("capability", "what it does", "needs", "specification")
	for _, r := range caps.All() {
		p.row(code(r.Name), r.Help, r.Needs.String(), link(r.URL))
	}
	return p.String()
}

func tokens() string {
	p := newPage("ISUPPORT tokens", "What numeric 005 tells clients, with the values of the default configuration.")
	p.table("token", "value", "meaning")
	rows := isupport.All()
	source := isupport.Source{Config: config.Default(), Modes: modes.Channel()}
	slices.SortFunc(rows, func(a, b isupport.Row) int { return cmp.Compare(a.Name, b.Name) })
	for _, r := range rows {
		value, ok := r.Value(source)
		shown := code(value)
		if !ok {
			shown = "*not sent*"
		}
		p.row(code(r.Name), shown, r.Help)
	}
	return p.String()
}

func replies() string {
	p := newPage("Numerics", "The replies of the server, after the nick of the client.")
	p.table("number", "name", "parameters", "text")
	all := slices.Clone(numerics.All())
	slices.SortStableFunc(all, func(a, b *numerics.Numeric) int { return cmp.Compare(a.Code, b.Code) })
	for _, n := range all {
		p.row(fmt.Sprintf("%03d", n.Code), n.Name, code(n.Params), strings.ReplaceAll(n.Text.String(), "*", `\*`))
	}
	return p.String()
}

func privileges() string {
	p := newPage("Privileges", "What an `[[oper-class]]` of the [configuration](config.md) can allow.")
	p.table("privilege", "what it allows")
	for _, r := range privs.All() {
		p.row(code(r.Name), r.Help)
	}
	return p.String()
}
