package reference

import (
	"maps"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/commands"
	"github.com/parley-irc/parley/ircd/services"
)

func serviceCommands() string {
	p := newPage("Services", "Parts of the server that are spoken to like users: `PRIVMSG NickServ :HELP`, or by a command of their own, `NS HELP`.")
	all := services.All(casemap.ASCII, services.Choice{Commands: commands.Table, Accounts: true, Channels: true, Hosts: true, Memos: true, History: true})
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v := all[name]
		p.WriteString("\n## " + v.Nick + "\n\n" + v.About.String() + "\n")
		if len(v.Aliases) > 0 {
			p.WriteString("Its short names: " + code(strings.Join(v.Aliases, "`, `")) + ".\n")
		}
		for _, g := range v.Groups {
			p.WriteString("\n- " + g.Title.String() + " " + code(strings.Join(g.Commands, "`, `")))
		}
		if len(v.Groups) > 0 {
			p.WriteString("\n")
		}
		for _, c := range v.Commands.Sorted() {
			p.describe(c, "### "+c.Name, strings.TrimSpace(c.Name+" "+c.Usage))
		}
	}
	return p.String()
}
