package hostserv

import (
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/vhosts"
)

var (
	_ = add(dispatch.Command{
		Name: "ON",
		Help: "Shows others the host that you have.",
		Cost: 3,
		Run:  func(r *dispatch.Request) error { return show(r, true) },
	})
	_ = add(dispatch.Command{
		Name: "OFF",
		Help: "Shows others your own host again. The one that you have stays yours.",
		Cost: 3,
		Run:  func(r *dispatch.Request) error { return show(r, false) },
	})
	_ = add(dispatch.Command{
		Name:       "SET",
		Usage:      "<account> <host>",
		Help:       "Gives an account a host.",
		Privileged: true, Oper: privs.VHosts,
		Run: set,
	}, "VHOST")
	_ = add(dispatch.Command{
		Name:       "DEL",
		Usage:      "<account>",
		Help:       "Takes the host that an account has.",
		Privileged: true, Oper: privs.VHosts,
		Run: del,
	})
	_ = add(dispatch.Command{
		Name:  "STATUS",
		Usage: "[<account>]",
		Help:  "Shows the host that you have, and what you have asked for. Operators see that of others.",
		Run:   status,
	})
	_ = add(dispatch.Command{
		Name:       "LIST",
		Usage:      "[<mask>]",
		Help:       "Lists the accounts that have a host, or those of which the name or the host matches.",
		Privileged: true, Oper: privs.VHosts,
		Cost: 5,
		Run:  list,
	})
)

func show(r *dispatch.Request, on bool) error {
	a, rec, err := own(r)
	if err != nil {
		return err
	}
	if rec == nil || rec.Host == "" {
		return no("You have no host. OFFERLIST lists those that you can take, and REQUEST asks for another.")
	}
	if err := change(r, a, func(rec *vhosts.Record) error { rec.Off = !on; return nil }); err != nil {
		return err
	}
	if on {
		r.Notice("Others see the host %s of you.", rec.Host)
	} else {
		r.Notice("Others see your own host. ON shows them %s again.", rec.Host)
	}
	return nil
}

func set(r *dispatch.Request) error {
	a, _, err := named(r, 0)
	if err != nil {
		return err
	}
	host := vhosts.Expand(r.Param(1), a.Name)
	if err := acceptable(r, host); err != nil {
		return err
	}
	if err := change(r, a, func(rec *vhosts.Record) error { give(rec, host, operator(r), r.Server.Now()); return nil }); err != nil {
		return err
	}
	note(r, a.Name, "SET "+host)
	if like := r.Server.VHosts.Like(host, a.Name); like != "" {
		r.Notice("%s has a host that looks like it.", like)
	}
	r.Notice("%s has the host %s now.", a.Name, host)
	return nil
}

func del(r *dispatch.Request) error {
	a, rec, err := named(r, 0)
	if err != nil {
		return err
	}
	if rec == nil || rec.Host == "" {
		return no("%s has no host.", a.Name)
	}
	if err := change(r, a, func(rec *vhosts.Record) error { rec.Host, rec.Off = "", false; return nil }); err != nil {
		return err
	}
	note(r, a.Name, "DEL "+rec.Host)
	r.Notice("%s has no host any more.", a.Name)
	return nil
}

func status(r *dispatch.Request) error {
	if r.Param(0) == "" || !r.May(privs.VHosts) {
		a, rec, err := own(r)
		if err == nil && r.Param(0) != "" && !r.Server.Network.World.Mapping.Equal(r.Param(0), a.Name) {
			err = no("You see only what is yours.")
		}
		if err != nil {
			return err
		}
		describe(r, a, rec)
		return nil
	}
	a, rec, err := named(r, 0)
	if err == nil {
		describe(r, a, rec)
	}
	return err
}

func describe(r *dispatch.Request, a *accounts.Account, rec *vhosts.Record) {
	switch {
	case rec == nil || rec.Host == "":
		r.Notice("%s has no host. OFFERLIST lists those that can be taken, and REQUEST asks for another.", a.Name)
	case rec.Off:
		r.Notice("%s has the host %s, given by %s, %s. It is not shown: ON shows it.", a.Name, rec.Host, rec.By, lang.Date(rec.Since))
	default:
		r.Notice("%s has the host %s, given by %s, %s.", a.Name, rec.Host, rec.By, lang.Date(rec.Since))
	}
	if rec == nil {
		return
	}
	if rec.Wanted != "" {
		r.Notice("Asked for: %s, %s", rec.Wanted, lang.Date(rec.Asked))
	}
	if f := rec.Refused; f != nil {
		r.Notice("Refused: %s, by %s, %s  %s", f.Host, f.By, lang.Date(f.At), f.Reason)
	}
}

// atMost is how many accounts LIST shows.
const atMost = 200

func list(r *dispatch.Request) error {
	mask := r.Param(0)
	if mask == "" {
		mask = "*"
	}
	m, n := r.Server.Network.World.Mapping.Compile(mask), 0
	r.Server.VHosts.Each(func(account string, rec *vhosts.Record) {
		if rec.Host == "" || !m.Match(account) && !m.Match(rec.Host) {
			return
		}
		if n++; n > atMost {
			return
		}
		if rec.Off {
			r.Notice("%s  %s  by %s, %s, not shown", account, rec.Host, rec.By, lang.Date(rec.Since))
		} else {
			r.Notice("%s  %s  by %s, %s", account, rec.Host, rec.By, lang.Date(rec.Since))
		}
	})
	if n > atMost {
		r.Notice("There {is %d more|are %d more}; give a mask that fewer match.", n-atMost)
	}
	r.Notice("{%d account has|%d accounts have} a host that matches %s.", n, mask)
	return nil
}
