package hostserv

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/vhosts"
)

var (
	_ = add(dispatch.Command{
		Name:  "REQUEST",
		Usage: "<host>",
		Help:  "Asks for a host, such as tea.example or user/alice. An operator looks at it.",
		More: []lang.Text{
			"$account in it stands for the name of your account. OFFERLIST lists hosts that you need not ask for.",
			"STATUS shows what came of it. Until then the host that you have stays.",
		},
		Cost: 5,
		Run:  request,
	})
	_ = add(dispatch.Command{
		Name: "CANCEL",
		Help: "Takes back what you have asked for.",
		Run:  cancel,
	})
)

func request(r *dispatch.Request) error {
	a, rec, err := own(r)
	if err != nil {
		return err
	}
	host, cfg, now := vhosts.Expand(r.Param(0), a.Name), r.Server.Config().VHosts, r.Server.Now()
	judge := r.May(privs.VHosts)
	if !cfg.Requests && !judge {
		return no("Nobody can ask for a host on this network. OFFERLIST lists those that you can take.")
	}
	if err := acceptable(r, host); err != nil {
		return err
	}
	if rec == nil {
		rec = &vhosts.Record{}
	}
	wait := rec.Asked.Add(cfg.Cooldown.Std()).Sub(now)
	switch word := reserved(r, host); {
	case word != "" && !judge:
		return no("Only operators give hosts with the word %s.", word)
	case r.Server.VHosts.Like(host, a.Name) != "":
		return no("%s is the host of somebody else, or looks like it.", host)
	case host == rec.Host:
		return no("You have this host already.")
	case wait > 0 && !judge:
		return no("You have asked for a host before; you can do so again in %s.", lang.Duration(wait))
	}
	if err := change(r, a, func(rec *vhosts.Record) error {
		rec.Wanted, rec.Asked, rec.Refused = host, now, nil
		return nil
	}); err != nil {
		return err
	}
	r.Server.Network.Inform(modes.SnoAccounts, "%[1]s (account %[2]s) asks for the host %[3]s", r.User.Nick(), a.Name, host)
	r.Notice("You have asked for %s. An operator will look at it; STATUS shows what came of it.", host)
	return nil
}

func cancel(r *dispatch.Request) error {
	a, rec, err := own(r)
	if err != nil {
		return err
	}
	if rec == nil || rec.Wanted == "" {
		return no("You have asked for nothing.")
	}
	if err := change(r, a, func(rec *vhosts.Record) error { rec.Wanted = ""; return nil }); err != nil {
		return err
	}
	r.Notice("You do not ask for %s any more.", rec.Wanted)
	return nil
}
