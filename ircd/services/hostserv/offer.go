package hostserv

import (
	"context"
	"slices"
	"strconv"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/vhosts"
)

var (
	_ = add(dispatch.Command{
		Name:       "OFFER",
		Usage:      "<template>",
		Help:       "Offers a host to all accounts. $account in it stands for the name of the account, as in $account.users.example.",
		More:       []lang.Text{"Who has taken it keeps it when it is offered no more."},
		Privileged: true, Oper: privs.VHosts,
		Run: offer,
	})
	_ = add(dispatch.Command{
		Name:       "UNOFFER",
		Usage:      "<template|number>",
		Help:       "Offers a host no more.",
		Privileged: true, Oper: privs.VHosts,
		Run: unoffer,
	})
	_ = add(dispatch.Command{
		Name: "OFFERLIST",
		Help: "Lists the hosts that you can take.",
		Run:  offers,
	})
	_ = add(dispatch.Command{
		Name:  "TAKE",
		Usage: "<template|number>",
		Help:  "Takes a host that is offered.",
		Cost:  10,
		Run:   take,
	})
)

// mostOffers is how many hosts can be offered.
const mostOffers = 50

func offer(r *dispatch.Request) error {
	template := r.Param(0)
	if err := acceptable(r, vhosts.Expand(template, "account")); err != nil {
		return err
	}
	x := vhosts.Offer{Template: template, By: operator(r), Since: r.Server.Now()}
	if err := changeOffers(r, func(all []vhosts.Offer) ([]vhosts.Offer, error) {
		switch {
		case find(all, template) >= 0:
			return nil, no("%s is offered already.", template)
		case len(all) >= mostOffers:
			return nil, no("No more than {%d host|%d hosts} can be offered.", mostOffers)
		}
		return append(all, x), nil
	}); err != nil {
		return err
	}
	note(r, template, "OFFER")
	r.Notice("%s is offered to all accounts.", template)
	return nil
}

func unoffer(r *dispatch.Request) error {
	i := find(r.Server.VHosts.Offers(), r.Param(0))
	if i < 0 {
		return no("%s is not offered.", r.Param(0))
	}
	template := r.Server.VHosts.Offers()[i].Template
	if err := changeOffers(r, func(all []vhosts.Offer) ([]vhosts.Offer, error) {
		return slices.DeleteFunc(all, func(o vhosts.Offer) bool { return o.Template == template }), nil
	}); err != nil {
		return err
	}
	note(r, template, "UNOFFER")
	r.Notice("%s is offered no more.", template)
	return nil
}

func changeOffers(r *dispatch.Request, f func(all []vhosts.Offer) ([]vhosts.Offer, error)) error {
	return keep(r, func(ctx context.Context) error { return r.Server.VHosts.ChangeOffers(ctx, f) })
}

// find returns the index of an offer that is named by its template or its number, or -1.
func find(all []vhosts.Offer, word string) int {
	if n, err := strconv.Atoi(word); err == nil && n >= 1 && n <= len(all) {
		return n - 1
	}
	return slices.IndexFunc(all, func(o vhosts.Offer) bool { return o.Template == word })
}

func offers(r *dispatch.Request) error {
	all := r.Server.VHosts.Offers()
	for i, o := range all {
		host := vhosts.Expand(o.Template, r.Account())
		switch {
		case host == o.Template, r.Account() == "":
			r.Notice("%d: %s", i+1, o.Template)
		case r.Server.HostRules().Check(host) != vhosts.NoFault:
			r.Notice("%d: %s  not for you: the name of your account has characters that no host has", i+1, o.Template)
		default:
			r.Notice("%d: %s  for you %s", i+1, o.Template, host)
		}
	}
	if len(all) == 0 {
		r.Notice("No hosts are offered. REQUEST asks for one.")
		return nil
	}
	r.Notice("{%d host is|%d hosts are} offered. TAKE and the number takes one.", len(all))
	return nil
}

func take(r *dispatch.Request) error {
	a, rec, err := own(r)
	if err != nil {
		return err
	}
	all := r.Server.VHosts.Offers()
	i := find(all, r.Param(0))
	if i < 0 {
		return no("%s is not offered. OFFERLIST lists what is.", r.Param(0))
	}
	host := vhosts.Expand(all[i].Template, a.Name)
	if rec != nil && rec.Host == host && !rec.Off {
		return no("You have this host already.")
	}
	if err := acceptable(r, host); err != nil {
		return err
	}
	if err := change(r, a, func(rec *vhosts.Record) error { give(rec, host, a.Name, r.Server.Now()); return nil }); err != nil {
		return err
	}
	r.Notice("Others see the host %s of you.", host)
	return nil
}
