package nickserv

import (
	"context"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:  "VACATION",
		Usage: "<duration|off>",
		Help:  "Keeps your account from expiring while you are away for long, such as 200d.",
		More:  []lang.Text{"Where accounts expire, INFO shows when yours will. To log in once is enough to keep it."},
		Run:   vacation,
	})
	_ = add(dispatch.Command{
		Name:       "NOEXPIRE",
		Usage:      "<account> <on|off>",
		Help:       "Keeps somebody's account from ever expiring.",
		Privileged: true, Oper: privs.Accounts,
		Run: noExpire,
	})
)

func vacation(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	until, back := time.Time{}, casemap.ASCII.Equal(r.Param(0), "off")
	if !back {
		d, err := config.ParseDuration(r.Param(0))
		if err != nil || d <= 0 || d.Std() > accounts.MaxVacation {
			return numerics.Fail{}.Because("Say for how long, such as 200d: at most %s.", lang.Duration(accounts.MaxVacation))
		}
		until = r.Server.Now().Add(d.Std())
	}
	err = r.Wait(func(ctx context.Context) error { return r.Server.Accounts.Vacation(ctx, a.Name, until) })
	switch {
	case err != nil:
		return explain(err)
	case back:
		r.Notice("Welcome back.")
	default:
		r.Notice("Your account does not expire before %s, nor soon after.", lang.Date(until))
	}
	return nil
}

func noExpire(r *dispatch.Request) error {
	a := r.Server.Accounts.Lookup(r.Param(0))
	if a == nil {
		return errUnknown
	}
	value, ok := boolean(string(casemap.ASCII.Fold(r.Param(1))))
	if !ok {
		r.Notice("Usage: NOEXPIRE <account> <on|off>")
		return nil
	}
	on, done := value == "true", lang.Text("The account %s expires when nobody uses it.")
	if on {
		done = "The account %s does not expire."
	}
	audit(r, "NOEXPIRE "+r.Param(1), a.Name)
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.Last(ctx, a.Name, on)
	}, done, a.Name)
}

// showExpiry says when an account will expire, if it can.
func showExpiry(r *dispatch.Request, a *accounts.Account) error {
	var at time.Time
	err := r.Wait(func(ctx context.Context) (err error) {
		at, err = r.Server.Accounts.Expiry(ctx, a.Name)
		return err
	})
	if err == nil && !at.IsZero() {
		r.Notice("Expires if nobody uses it until: %s", lang.Date(at))
	}
	return err
}
