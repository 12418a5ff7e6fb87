package hostserv

import (
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/vhosts"
)

var (
	_ = add(dispatch.Command{
		Name:       "WAITING",
		Help:       "Lists the hosts that people ask for.",
		Privileged: true, Oper: privs.VHosts,
		Run: waiting,
	})
	_ = add(dispatch.Command{
		Name:       "APPROVE",
		Usage:      "<account>",
		Help:       "Gives an account the host that it asks for.",
		Privileged: true, Oper: privs.VHosts,
		Run: approve,
	}, "ACTIVATE")
	_ = add(dispatch.Command{
		Name:       "REJECT",
		Usage:      "<account> [<reason>]",
		Help:       "Refuses an account the host that it asks for. Its owner is told the reason.",
		Privileged: true, Oper: privs.VHosts,
		Run: reject,
	})
)

func waiting(r *dispatch.Request) error {
	n := 0
	r.Server.VHosts.Each(func(account string, rec *vhosts.Record) {
		if a := r.Server.Accounts.Lookup(account); rec.Wanted != "" && a != nil && a.ID == rec.Owner {
			n++
			r.Notice("%s  %s  since %s", a.Name, rec.Wanted, lang.Date(rec.Asked))
		}
	})
	r.Notice("{%d host is|%d hosts are} asked for.", n)
	return nil
}

func approve(r *dispatch.Request) error {
	a, rec, err := named(r, 0)
	if err != nil {
		return err
	}
	if rec == nil || rec.Wanted == "" {
		return no("%s asks for nothing.", a.Name)
	}
	host := rec.Wanted
	if err := acceptable(r, host); err != nil {
		return err
	}
	if err := change(r, a, func(rec *vhosts.Record) error {
		if rec.Wanted != host {
			return no("%s asks for something else by now. WAITING shows it.", a.Name)
		}
		give(rec, host, operator(r), r.Server.Now())
		return nil
	}); err != nil {
		return err
	}
	note(r, a.Name, "APPROVE "+host)
	tell(r, a.Name, "You have the host %s now, for which you have asked.", host)
	r.Notice("%s has the host %s now.", a.Name, host)
	return nil
}

func reject(r *dispatch.Request) error {
	a, rec, err := named(r, 0)
	if err != nil {
		return err
	}
	if rec == nil || rec.Wanted == "" {
		return no("%s asks for nothing.", a.Name)
	}
	no := vhosts.Refusal{
		Host: rec.Wanted, By: operator(r), At: r.Server.Now(), Told: online(r.Server, a.Name),
		Reason: casemap.Truncate(r.Rest(1), r.Server.Config().Limits.KickLength),
	}
	if err := change(r, a, func(rec *vhosts.Record) error { rec.Wanted, rec.Refused = "", &no; return nil }); err != nil {
		return err
	}
	note(r, a.Name, "REJECT "+no.Host+" "+no.Reason)
	refusal := refused(&no)
	tell(r, a.Name, refusal.Text, refusal.Args...)
	r.Notice("%s does not get the host %s.", a.Name, no.Host)
	return nil
}
