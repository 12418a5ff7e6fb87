package commands

import (
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "WHOWAS",
	Usage: "<nick> [<count>]",
	Help:  "Shows who had a nick before, the latest first.",
	Quiet: true,
	Run:   whowas,
})

func whowas(r *dispatch.Request) error {
	nick, _, _ := strings.Cut(r.Param(0), ",")
	if nick == "" {
		return numerics.NoNickGiven.With()
	}
	count, _ := strconv.Atoi(r.Param(1)) // without a positive number, all
	found := r.Server.Network.World.Whowas(nick, max(count, 0))
	if len(found) == 0 {
		r.Reply(numerics.WasNoSuchNick.With(word(nick)))
	}
	for _, d := range found {
		if sendDeparture(r, d); !r.Session.Wait() {
			return nil
		}
	}
	r.Reply(numerics.EndOfWhowas.With(word(nick)))
	return nil
}

func sendDeparture(r *dispatch.Request, d state.Departure) {
	p := d.Person
	r.Reply(numerics.WhowasUser.With(d.Nick, d.Ident, d.Host, "*").Fmt(d.Realname))
	if r.May(privs.Spy) {
		r.Reply(numerics.WhoisActually.With(d.Nick, d.Ident+"@"+p.RealHost, p.IP).Because("Was actually user@host, IP"))
	}
	if d.Account != "" {
		r.Reply(numerics.WhoisAccount.With(d.Nick, d.Account).Because("was logged in as"))
	}
	r.Reply(numerics.WhoisServer.With(d.Nick, p.Server).Fmt(d.When.UTC().Format(time.RFC1123)))
}
