package commands

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/store"
)

var _ = add(dispatch.Command{
	Name:  "UBAN",
	Usage: "<subcommand> [<parameter>...]",
	Help:  "Bans of the network: whom they are about, why, for how long.",
	More: []lang.Text{
		"A target is an address (192.0.2.7), a network (192.0.2.0/24), a mask (nick!user@host), an account (alice), or an extended ban such as r:*cheap*watches* or S:<fingerprint>; HELP EXTBAN lists them. Several joined by & must all fit.",
		"A duration is such as 30m, 12h or 7d. What follows | in a reason is only for operators.",
	},
	Privileged: true, Oper: privs.Ban,
	Subcommands: ubans,
	Run: func(r *dispatch.Request) error {
		return numerics.InvalidParams.Because("There is no UBAN %s; HELP UBAN lists what there is", word(r.Param(0)))
	},
})

var (
	ubans = dispatch.Table{}
	_     = ubans.Add(dispatch.Command{
		Name:       "ADD",
		Usage:      "<target> [<action>] [<duration>] [<reason>]",
		Help:       "Sets a ban, or changes one. The action is BAN (if none is given), SHUN, REQUIRE-SASL, EXEMPT or RESERVE.",
		More:       actionHelp(),
		Privileged: true, Oper: privs.Ban,
		Run: ubanAdd,
	})
	_ = ubans.Add(dispatch.Command{
		Name:       "DEL",
		Usage:      "<target|id> [<action>]",
		Help:       "Removes a ban: that of an ID, or all on a target.",
		Privileged: true, Oper: privs.Ban,
		Run: ubanDel,
	})
	_ = ubans.Add(dispatch.Command{
		Name:       "CONFIRM",
		Usage:      "<code>",
		Help:       "Sets a ban that is about many, or about yourself, after you have been asked.",
		Privileged: true, Oper: privs.Ban,
		Run: ubanConfirm,
	})
)

func actionHelp() (all []lang.Text) {
	for _, row := range bans.Actions() {
		all = append(all, row.Help)
	}
	return all
}

// noBans answers where there can be none.
var noBans = numerics.Fail{Code: "UNAVAILABLE", Text: "This server keeps no bans"}

// An order is a ban as somebody has written it.
type order struct {
	action bans.Action // "" is for the target to say
	target string
	lasts  time.Duration
	reason string
}

func ubanAdd(r *dispatch.Request) error {
	o, rest := order{target: r.Param(1)}, r.Message.Params[2:]
	for len(rest) > 0 {
		word := rest[0]
		if a := actionOf(word); a != "" {
			o.action = a
		} else if d, ok := duration(word); ok {
			o.lasts = d
		} else if !casemap.ASCII.Equal(word, "DURATION") {
			break
		}
		rest = rest[1:]
	}
	o.reason = strings.Join(rest, " ")
	return placeOrder(r, o)
}

// actionOf returns the action of a name, or "".
func actionOf(word string) bans.Action {
	for _, row := range bans.Actions() {
		if casemap.ASCII.Equal(word, string(row.Action)) {
			return row.Action
		}
	}
	return ""
}

// duration reads for how long; "0" and "permanent" are for good. A number without a
// unit is none: others count by it in minutes, or in seconds.
func duration(word string) (time.Duration, bool) {
	if casemap.ASCII.Equal(word, "permanent") {
		return 0, true
	}
	d, err := config.ParseDuration(word)
	return d.Std(), err == nil
}

// placeOrder sets a ban, if it needs no confirmation.
func placeOrder(r *dispatch.Request, o order) error {
	if r.Server.Bans == nil {
		return noBans
	}
	if o.action == "" {
		o.action = bans.Out
		if casemap.IsChannel(o.target) {
			o.action = bans.Reserve
		}
	}
	q, err := bans.Parse(r.Server.Network.World.Mapping, o.action, o.target)
	if err != nil {
		return badTarget(err)
	}
	p := bans.Proposal{Query: q, By: r.User.Identity().Oper.Name, Ban: bans.Ban{By: r.Banner(), Server: r.Server.Name()}}
	p.Ban.Reason, p.Ban.Note, _ = strings.Cut(o.reason, "|")
	p.Ban.Reason, p.Ban.Note = reasonText(r, p.Ban.Reason), strings.TrimSpace(p.Ban.Note)
	if o.lasts > 0 {
		p.Ban.Until = r.Server.Now().Add(o.lasts)
	}
	if doubt, ask := dubious(r, q); ask {
		code := r.Server.Bans.Propose(p, r.Server.Now())
		r.Notice("%s To set it all the same, write within five minutes: UBAN CONFIRM %s", doubt, code)
		return nil
	}
	return setBan(r, p)
}

// reasonText is a reason as it fits with the rest into a line.
func reasonText(r *dispatch.Request, s string) string {
	return casemap.Truncate(strings.TrimSpace(s), min(200, r.Server.Config().Limits.KickLength))
}

// badTarget is the reply to a target that cannot be understood.
func badTarget(err error) error {
	var bad *bans.Error
	if errors.As(err, &bad) {
		return numerics.InvalidParams.Because(bad.Text, bad.Args...)
	}
	return err
}

// most is the share of the users, in percent, whom a ban may be about without being
// confirmed.
const most = 5

// dubious says why a ban is to be confirmed, if it is.
func dubious(r *dispatch.Request, q bans.Query) (why lang.Phrase, ask bool) {
	if q.Action == bans.Exempt {
		return why, false
	}
	count, all, self := r.Server.Matching(q, r.User)
	switch {
	case self:
		return lang.Text("This is about yourself, and {%d user|%d users} of %d.").With(count, all), true
	case count > 1 && count*100 > all*most:
		return lang.Text("This is about {%d user|%d users} of %d.").With(count, all), true
	case q.Wide():
		return lang.Text("This could be about a great many, though it is about {%d user|%d users} now.").With(count), true
	}
	return why, false
}

func ubanConfirm(r *dispatch.Request) error {
	if r.Server.Bans == nil {
		return noBans
	}
	p, ok := r.Server.Bans.Confirm(r.Param(1), r.User.Identity().Oper.Name, r.Server.Now())
	if !ok {
		return numerics.InvalidParams.Because("There is nothing to confirm under this code; codes are for five minutes")
	}
	return setBan(r, p)
}

func setBan(r *dispatch.Request, p bans.Proposal) error {
	count, _, _ := r.Server.Matching(p.Query, r.User)
	var set bans.Ban
	err := r.Wait(func(ctx context.Context) (err error) {
		set, err = r.Server.Bans.Set(ctx, p.Query, p.Ban, r.Server.Now())
		return err
	})
	if err != nil {
		return bansUnavailable(err)
	}
	r.Audit(audit.Ban, set.Target, brief(set))
	r.Notice("Ban %s (%s) on %s is set, %s. It is about {%d user|%d users} now.", set.ID, string(set.Action), set.Target, until(set), count)
	return nil
}

// brief is a ban as it is noted.
func brief(b bans.Ban) string {
	s := b.ID + " " + string(b.Action)
	if !b.Until.IsZero() {
		s += " until " + lang.Date(b.Until)
	}
	if b.Reason != "" {
		s += ", " + b.Reason
	}
	return s
}

func until(b bans.Ban) lang.Phrase {
	if b.Until.IsZero() {
		return lang.Text("for good").With()
	}
	return lang.Text("until %s").With(lang.Date(b.Until))
}

// bansUnavailable answers when the bans cannot be changed.
func bansUnavailable(err error) error {
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		return numerics.Fail{Code: "TEMPORARILY_UNAVAILABLE", Text: "The bans cannot be changed just now. Try again later."}
	}
	return err
}
