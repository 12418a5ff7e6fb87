package chanserv

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
)

// These are other forms of FLAGS, as people know them from elsewhere.
var (
	_ = xop("SOP", "The accounts that become admins on joining.")
	_ = xop("AOP", "The accounts that become operators on joining.")
	_ = xop("HOP", "The accounts that become half-operators on joining.")
	_ = xop("VOP", "The accounts that get voice on joining.")

	_ = add(dispatch.Command{
		Name:     "ACCESS",
		Selector: 1,
		Usage:    "<channel> {ADD|DEL|LIST}",
		Help:     "The access list of a channel, by templates. FLAGS says more.",
		Subcommands: dispatch.Table{
			"ADD": {Name: "ADD", Usage: "<channel> <account> <template>", Help: "Gives an account the flags of SOP, AOP, HOP or VOP, or those that are written.",
				Run: func(r *dispatch.Request) error { return changeFlags(r, r.Param(1), r.Param(2)) }},
			"DEL": {Name: "DEL", Usage: "<channel> <account>", Help: "Takes all flags of an account.",
				Run: func(r *dispatch.Request) error { return changeFlags(r, r.Param(1), "-*") }},
			"LIST": {Name: "LIST", Usage: "<channel>", Help: "Lists who may do what.", Run: func(r *dispatch.Request) error { return listTemplate(r, "") }},
		},
		Run: unknownPart,
	})
	_ = add(dispatch.Command{
		Name:  "AMODE",
		Usage: "<channel> [<status> <account>]",
		Help:  "Gives an account a status for good, as in \"+o alice\", or takes it.",
		Run:   amode,
	})
)

// xop declares the commands for one template.
func xop(name string, help lang.Text) bool {
	return add(dispatch.Command{
		Name:     name,
		Selector: 1,
		Usage:    "<channel> {ADD|DEL|LIST}",
		Help:     help,
		Subcommands: dispatch.Table{
			"ADD": {Name: "ADD", Usage: "<channel> <account>", Help: "Adds an account to these.",
				Run: func(r *dispatch.Request) error { return changeFlags(r, r.Param(1), name) }},
			"DEL": {Name: "DEL", Usage: "<channel> <account>", Help: "Removes an account from these.",
				Run: func(r *dispatch.Request) error { return takeTemplate(r, name) }},
			"LIST": {Name: "LIST", Usage: "<channel>", Help: "Lists these accounts.",
				Run: func(r *dispatch.Request) error { return listTemplate(r, name) }},
		},
		Run: unknownPart,
	})
}

// unknownPart answers a command whose second word is not one of its own.
func unknownPart(r *dispatch.Request) error {
	return no("Usage: %s %s. HELP %s says more.", r.Command.Name, r.Command.Usage, r.Command.Name)
}

func takeTemplate(r *dispatch.Request, name string) error {
	g, err := hold(r, 0)
	if err != nil {
		return err
	}
	account := accountOf(r, r.Param(1))
	if account == "" {
		account = r.Param(1)
	}
	if g.Access[r.Server.Channels.Key(account)].Flags.Template() != name {
		return no("%s is not in the %s list of %s.", account, name, g.Name)
	}
	return changeFlags(r, account, "-*")
}

func listTemplate(r *dispatch.Request, name string) error {
	g, err := hold(r, 0)
	if err != nil {
		return err
	}
	listAccess(r, g, name)
	return nil
}

// byStatus are the templates whose members get a status.
var byStatus = map[byte]string{modes.Admin: "SOP", modes.Operator: "AOP", modes.HalfOp: "HOP", modes.Voice: "VOP"}

func amode(r *dispatch.Request) error {
	if len(r.Message.Params) < 3 {
		return listTemplate(r, "")
	}
	how := r.Param(1)
	template := ""
	if len(how) == 2 {
		template = byStatus[how[1]]
	}
	switch {
	case template == "" || how[0] != '+' && how[0] != '-':
		return no("Write +a, +o, +h or +v, or the same with a minus.")
	case how[0] == '+':
		return changeFlags(r, r.Param(2), template)
	}
	r.Message.Params = []string{r.Param(0), r.Param(2)}
	return takeTemplate(r, template)
}
