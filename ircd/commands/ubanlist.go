package commands

import (
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = ubans.Add(dispatch.Command{
		Name:       "LIST",
		Usage:      "[<action>] [<mask>]",
		Help:       "Lists the bans: of an action, or whose target, reason or setter match a mask.",
		Privileged: true, Oper: privs.Ban,
		Run: ubanList,
	})
	_ = ubans.Add(dispatch.Command{
		Name:       "INFO",
		Usage:      "<target|id>",
		Help:       "Shows all that is known of a ban: who has set it, when, why, and whom it has met.",
		Privileged: true, Oper: privs.Ban,
		Run: ubanInfo,
	})
	_ = ubans.Add(dispatch.Command{
		Name:       "TEST",
		Usage:      "<nick|address|nick!user@host>",
		Help:       "Shows which bans somebody would meet, and what would come of it.",
		Privileged: true, Oper: privs.Ban,
		Run: ubanTest,
	})
)

// mostListed is how many bans a list shows.
const mostListed = 500

func ubanList(r *dispatch.Request) error {
	action, mask := actionOf(r.Param(1)), r.Param(1)
	if action != "" {
		mask = r.Param(2)
	}
	return listBans(r, action, mask)
}

// listBans lists the bans of an action, or all, that match a mask.
func listBans(r *dispatch.Request, action bans.Action, mask string) error {
	if r.Server.Bans == nil {
		return noBans
	}
	if mask == "" {
		mask = "*"
	}
	k, n := r.Server.Network.World.Mapping.Compile(mask), 0
	for _, b := range r.Server.Bans.List() {
		if action != "" && b.Action != action || !mentions(k, b) {
			continue
		}
		if n++; n > mostListed || !r.Session.Wait() {
			r.Notice("There are more. Give a mask, as in UBAN LIST *.example*.")
			return nil
		}
		r.Notice("%s %s %s: %s. Set by %s, %s; {%d hit|%d hits}.", b.ID, string(b.Action), b.Target, whole(b), b.By, until(*b.Ban), int(b.Hits.Count))
	}
	r.Notice("End of the list: {%d ban|%d bans}.", n)
	return nil
}

func mentions(k casemap.Mask, b bans.Listed) bool {
	return k.Match(b.Target) || k.Match(b.Reason) || k.Match(b.Note) || k.Match(b.By) || k.Match(b.ID)
}

// whole is the reason with what only operators see.
func whole(b bans.Listed) lang.Phrase {
	reason := lang.Text("%s").With(dispatch.ReasonOf(b.Ban))
	if b.Note == "" {
		return reason
	}
	return lang.Text("%s | %s").With(reason, b.Note)
}

func ubanInfo(r *dispatch.Request) error {
	if r.Server.Bans == nil {
		return noBans
	}
	found := false
	for _, b := range r.Server.Bans.List() {
		if b.ID == r.Param(1) {
			found = true
			showBan(r, b)
		}
	}
	for _, row := range bans.Actions() {
		q, err := bans.Parse(r.Server.Network.World.Mapping, row.Action, r.Param(1))
		if err != nil {
			continue
		}
		if b, ok := r.Server.Bans.Lookup(q); ok {
			found = true
			showBan(r, b)
		}
	}
	if !found {
		return numerics.InvalidParams.Because("There is no such ban on %s; UBAN LIST shows them all", word(r.Param(1)))
	}
	return nil
}

func showBan(r *dispatch.Request, b bans.Listed) {
	count := 0
	if q, err := bans.Parse(r.Server.Network.World.Mapping, b.Action, b.Target); err == nil {
		count, _, _ = r.Server.Matching(q, r.User)
	}
	r.Notice("Ban %s (%s) on %s", b.ID, string(b.Action), b.Target)
	r.Notice("Reason: %s", whole(b))
	r.Notice("Set by %s on %s at %s, %s", b.By, b.Server, lang.Date(b.Set), until(*b.Ban))
	if b.Hits.Count > 0 {
		r.Notice("{%d hit|%d hits}, the last at %s", int(b.Hits.Count), lang.Date(b.Hits.Last))
	}
	r.Notice("It is about {%d user|%d users} now.", count)
}

func ubanTest(r *dispatch.Request) error {
	if r.Server.Bans == nil {
		return noBans
	}
	subject, ok := r.Server.Suspects(r.Param(1))
	if !ok {
		return numerics.InvalidParams.Because("%s is neither a nick nor an address nor nick!user@host", word(r.Param(1)))
	}
	now := r.Server.Now()
	all := r.Server.Bans.All(subject, now)
	for _, b := range all {
		r.Notice("%s %s %s: %s", b.ID, string(b.Action), b.Target, whole(b))
	}
	if b := r.Server.Bans.Reserved(r.Param(1), now); b != nil {
		r.Notice("%s %s %s: %s", b.ID, string(b.Action), b.Target, dispatch.ReasonOf(b))
	}
	showStanding(r, r.Server.Network.World.User(r.Param(1)))
	r.Notice(outcome(r.Server.Bans.Judge(subject, now)))
	return nil
}

// showStanding shows how well somebody is known.
func showStanding(r *dispatch.Request, u *state.User) {
	if u == nil {
		return
	}
	r.Notice("Security groups: %s", strings.ReplaceAll(u.Identity().Person.Groups, " ", ", "))
	if d, ok := r.Server.KnownFor(u); ok && d >= time.Minute {
		r.Notice("Known for %s", lang.Duration(d))
	}
}

// outcome is what comes of the bans that somebody meets.
func outcome(v bans.Verdict) lang.Text {
	switch {
	case v.Exempt != nil:
		return "Whoever this is can connect: no ban holds, by an exemption."
	case v.Out != nil:
		return "Whoever this is cannot connect."
	case v.Login != nil:
		return "Whoever this is can connect only by logging in to an account."
	case v.Shun != nil:
		return "Whoever this is can connect, but is not heard."
	}
	return "Whoever this is can connect."
}
