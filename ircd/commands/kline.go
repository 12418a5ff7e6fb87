package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

// A face is a command by which other servers let one set a ban. All are for the whole
// network here.
type face struct {
	name    string
	aliases []string
	action  bans.Action
	usage   string
	help    lang.Text
	// read makes a target of UBAN from what the command is given.
	read func(r *dispatch.Request, text string) (string, error)
}

var faces = []face{
	{"KLINE", []string{"GLINE"}, bans.Out, "<nick|user@host>", "Bans a host, as UBAN ADD does.", userAtHost},
	{"DLINE", []string{"ZLINE", "GZLINE"}, bans.Out, "<nick|address|network>", "Bans an address or a network, as UBAN ADD does.", address},
	{"SHUN", nil, bans.Shun, "<nick|user@host>", "Lets nobody hear what somebody says or does, as UBAN ADD does by SHUN.", userAtHost},
	{"ELINE", nil, bans.Exempt, "<nick|user@host|network>", "Exempts somebody from bans, as UBAN ADD does by EXEMPT.", userAtHost},
	{"RESV", []string{"QLINE"}, bans.Reserve, "<nick|channel>", "Reserves a nick or a channel, or a mask of such, as UBAN ADD does by RESERVE.", asWritten},
}

var _ = addFaces()

// addFaces adds the commands, and those that take back what they do.
func addFaces() bool {
	for _, f := range faces {
		add(dispatch.Command{
			Name:       f.name,
			Usage:      "[<duration>] [" + f.usage + "] [<duration>] [<reason>]",
			Help:       f.help,
			More:       []lang.Text{"Without parameters it lists them. A duration is such as 30m, 12h or 7d; without one it is for good."},
			Privileged: true, Oper: privs.Ban,
			Run: func(r *dispatch.Request) error { return f.set(r) },
		})
		Table.Alias(f.name, f.aliases...)
		undo := "UN" + f.name
		add(dispatch.Command{
			Name:       undo,
			Usage:      f.usage,
			Help:       "Removes what the command without UN has set.",
			Privileged: true, Oper: privs.Ban,
			Run: func(r *dispatch.Request) error { return f.unset(r) },
		})
		for _, alias := range f.aliases {
			Table.Alias(undo, "UN"+alias)
		}
	}
	return true
}

func (f face) set(r *dispatch.Request) error {
	rest := r.Message.Params
	if len(rest) == 0 || casemap.ASCII.Equal(rest[0], "LIST") {
		return listBans(r, f.action, strings.Join(rest[min(1, len(rest)):], " "))
	}
	o := order{action: f.action}
	timed := func() {
		if len(rest) > 0 {
			if d, ok := duration(rest[0]); ok {
				o.lasts, rest = d, rest[1:]
			}
		}
	}
	timed()
	if len(rest) == 0 {
		return numerics.NeedMoreParams.With(r.Message.Command)
	}
	target, err := f.read(r, rest[0])
	if err != nil {
		return err
	}
	o.target, rest = target, rest[1:]
	timed()
	o.reason = strings.Join(rest, " ")
	return placeOrder(r, o)
}

func (f face) unset(r *dispatch.Request) error {
	if r.Server.Bans == nil {
		return noBans
	}
	target, err := f.read(r, r.Param(0))
	if err != nil {
		return err
	}
	return lift(r, target, []bans.Action{f.action})
}

// userAtHost reads user@host, a host, or the nick of somebody, who is banned by address.
func userAtHost(r *dispatch.Request, text string) (string, error) {
	if strings.ContainsAny(text, "@.:*?/") {
		if _, err := bans.ParseNetwork(text); err == nil || strings.Contains(text, "!") {
			return text, nil
		}
		return casemap.NormaliseMask(text), nil
	}
	return address(r, text)
}

// address reads an address, a network, or the nick of somebody.
func address(r *dispatch.Request, text string) (string, error) {
	if _, err := bans.ParseNetwork(text); err == nil {
		return text, nil
	}
	if u := r.Server.Network.World.User(text); u != nil && u.Identity().Person.IP != "" {
		return u.Identity().Person.IP, nil
	}
	return "", numerics.InvalidParams.Because("%s is neither an address nor the nick of somebody who is here", word(text))
}

// asWritten reads a nick or a channel.
func asWritten(_ *dispatch.Request, text string) (string, error) { return text, nil }
