package commands

import (
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:  "SQUIT",
		Usage: "<server> [<reason>]",
		Help:  "Unlinks a server from the network, until CONNECT.",
		More: []lang.Text{
			"All other servers end their links to it, and its users leave as in any split.",
			"With the name of your own server, that is what is unlinked; CONNECT has to be given there, too.",
		},
		Privileged: true, Oper: privs.Links,
		Run: squit,
	})
	_ = add(dispatch.Command{
		Name:       "CONNECT",
		Usage:      "<server>",
		Help:       "Links a server again that SQUIT has unlinked.",
		More:       []lang.Text{"Servers link by themselves otherwise, as soon as they can reach each other. MAP shows what keeps one away."},
		Privileged: true, Oper: privs.Links,
		Run: connect,
	})
	_ = add(dispatch.Command{
		Name:  "DRAIN",
		Usage: "[<time>|OFF] [<reason>]",
		Help:  "Sends the clients of this server away, a few at a time, before it is stopped.",
		More: []lang.Text{
			"New clients are refused. Those who are connected are told to connect again, which leads them to another server, and disconnected within the time, such as 5m; a minute if there is none.",
			"Those who are always on stay on the network meanwhile. DRAIN OFF lets clients connect again.",
		},
		Privileged: true, Oper: privs.Links,
		Run: drain,
	})
)

func squit(r *dispatch.Request) error {
	reason := r.Param(1)
	if reason == "" {
		reason = r.Server.Network.Words("Unlinked by %s", r.User.Nick())
	}
	if err := r.Server.Network.AskLink(r.Actor(), r.Param(0), reason, false); err != nil {
		return err
	}
	r.Audit(audit.Squit, r.Param(0), reason)
	return nil
}

func connect(r *dispatch.Request) error {
	if err := r.Server.Network.AskLink(r.Actor(), r.Param(0), "", true); err != nil {
		return err
	}
	r.Audit(audit.Connect, r.Param(0), "")
	return nil
}

// drainTime is how long draining takes if nobody says otherwise.
const drainTime = time.Minute

func drain(r *dispatch.Request) error {
	words := r.Message.Params
	if strings.ToUpper(r.Param(0)) == "OFF" {
		r.Audit(audit.Drain, r.Server.Name(), "off")
		r.Server.EndDrain()
		return nil
	}
	within := drainTime
	if len(words) > 0 {
		if d, err := config.ParseDuration(words[0]); err == nil {
			within, words = d.Std(), words[1:]
		}
	}
	reason := strings.Join(words, " ")
	if reason == "" {
		reason = r.Server.Network.Words("It will be stopped for a while")
	}
	if within <= 0 {
		return numerics.NeedMoreParams.With("DRAIN")
	}
	r.Audit(audit.Drain, r.Server.Name(), reason)
	r.Server.Drain(r.Conn, within, reason)
	return nil
}
