package nickserv

import (
	"context"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var (
	_ = add(dispatch.Command{
		Name: "APPPASSWORD",
		Help: "Makes passwords for single devices and programs, which can be taken back alone.",
		More: []lang.Text{
			"An app password logs in by SASL PLAIN or IDENTIFY, without a second factor. It cannot change how one logs in.",
		},
		Subcommands: apps,
	})
	apps = dispatch.Table{}
	_    = apps.Add(dispatch.Command{
		Name:  "ADD",
		Usage: "<name>",
		Help:  "Makes an app password, under a name of yours, such as phone, and shows it once.",
		Run:   appAdd,
	})
	_ = apps.Add(dispatch.Command{
		Name:  "DEL",
		Usage: "<name>",
		Help:  "Takes an app password back.",
		Run:   appDel,
	})
	_ = apps.Add(dispatch.Command{
		Name: "LIST",
		Help: "Lists your app passwords.",
		Run:  appList,
	})
)

func appAdd(r *dispatch.Request) error {
	a, err := mine(r)
	if err != nil {
		return err
	}
	var pw string
	err = r.Wait(func(ctx context.Context) (err error) {
		pw, err = r.Server.Accounts.AddApp(ctx, a.Name, r.Param(0))
		return err
	})
	if err != nil {
		return explain(err)
	}
	r.Notice("The password for %s is %s. It is not shown again.", r.Param(0), pw)
	return nil
}

func appDel(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.RemoveApp(ctx, a.Name, r.Param(0))
	}, "The app password has been taken back.")
}

func appList(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	for _, p := range a.Apps {
		r.Notice("%s, added on %s", p.Name, lang.Date(p.Added))
	}
	r.Notice("End of the list: {%d app password|%d app passwords}.", len(a.Apps))
	return nil
}
