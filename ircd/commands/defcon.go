package commands

import (
	"context"
	"strconv"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var _ = add(dispatch.Command{
	Name:       "DEFCON",
	Usage:      "[<level> [<reason>]]",
	Help:       "Shows or sets how alert the network is: from 5, an ordinary day, to 1.",
	More:       levels(),
	Privileged: true, Oper: privs.Defcon,
	Run: alert,
})

// levels says what each level closes, from the calmest.
func levels() (all []lang.Text) {
	for _, row := range defcon.Levels() {
		all = append(all, row.Help)
	}
	return all
}

func alert(r *dispatch.Request) error {
	d := r.Server.Defcon
	if r.Param(0) == "" {
		showAlert(r, d.State())
		return nil
	}
	level, err := strconv.Atoi(r.Param(0))
	switch {
	case err != nil || defcon.Level(level) == nil:
		return numerics.InvalidParams.Because("%s is no level: there are 5 to 1", word(r.Param(0)))
	case d == nil:
		return numerics.Fail{Code: "UNAVAILABLE", Text: "This server has no levels of alertness"}
	}
	next := defcon.State{Level: level, Reason: reasonText(r, r.Param(1)), By: r.Banner(), Since: r.Server.Now()}
	if err := r.Wait(func(ctx context.Context) error { return d.Set(ctx, next) }); err != nil {
		return bansUnavailable(err)
	}
	r.Audit(audit.Defcon, strconv.Itoa(level), next.Reason)
	showAlert(r, next)
	return nil
}

func showAlert(r *dispatch.Request, now defcon.State) {
	for _, row := range defcon.Levels() {
		if row.Level >= now.Level {
			r.Notice("%d: %s", row.Level, row.Help)
		}
	}
	switch {
	case now.By == "":
		r.Notice("The level is %d.", now.Level)
	case now.Reason == "":
		r.Notice("The level is %d since %s, set by %s", now.Level, lang.Date(now.Since), now.By)
	default:
		r.Notice("The level is %d since %s, set by %s: %s", now.Level, lang.Date(now.Since), now.By, now.Reason)
	}
}
