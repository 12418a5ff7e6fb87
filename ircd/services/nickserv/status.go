package nickserv

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var (
	_ = add(dispatch.Command{
		Name:  "STATUS",
		Usage: "[<nick>...]",
		Help:  "Says whether people, or you, are logged in to the accounts that their nicks belong to, in a form for programs.",
		More: []lang.Text{
			"0: nobody of that nick is there, or the nick belongs to no account. 1: not logged in, or to another account.",
			"3: logged in to the account of the nick. The account that somebody is logged in to follows.",
		},
		Run: status,
	}, "ACC")
	_ = add(dispatch.Command{
		Name: "LISTCHANS",
		Help: "Lists the channels to which your account has access, and what it may do there.",
		Cost: 3,
		Run:  listChannels,
	}, "ALIST")
)

// mostAsked is how many nicks STATUS takes.
const mostAsked = 16

func status(r *dispatch.Request) error {
	nicks := r.Message.Params
	if len(nicks) == 0 {
		nicks = []string{r.User.Nick()}
	}
	for _, nick := range nicks[:min(len(nicks), mostAsked)] {
		r.Notice(lang.Verbatim, standing(r.Server, nick))
	}
	return nil
}

// standing says how somebody stands to the account of a nick, as programs read it.
func standing(s *dispatch.Server, nick string) string {
	u := s.Network.World.User(nick)
	if u == nil {
		return "STATUS " + nick + " 0"
	}
	claim, owned := s.Accounts.Claim(nick)
	level, account := " 0", u.Account()
	switch {
	case owned && claim.Account != nil && claim.Account.Name == account:
		level = " 3"
	case owned, account != "":
		level = " 1"
	}
	return strings.TrimSpace("STATUS " + u.Nick() + level + " " + account)
}

func listChannels(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	n := 0
	if r.Server.Channels != nil {
		for _, rec := range r.Server.Channels.All() {
			if flags := r.Server.FlagsIn(rec, a.Name); flags != "" {
				n++
				r.Notice("%s  +%s", rec.Name, flags)
			}
		}
	}
	r.Notice("You have access to {%d channel|%d channels}.", n)
	return nil
}
