package chanserv

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var _ = add(dispatch.Command{
	Name:  "FLAGS",
	Usage: "<channel> [<account> [<flags>]]",
	Help:  "Shows or changes what accounts may do in a channel: \"+ot-v\", or the name of a template.",
	More: []lang.Text{
		"Instead of an account, the name of another registered channel stands for all who have access there: \"FLAGS #tea #tea-team AOP\".",
	},
	Rows: flagHelp(),
	Run:  flags,
})

// flagHelp explains the flags from their table.
func flagHelp() (lines []lang.Phrase) {
	for _, row := range chanreg.FlagRows {
		lines = append(lines, lang.Text("%c  %s").With(row.Letter, row.Help))
	}
	for _, name := range templates {
		lines = append(lines, lang.Text("%s stands for +%s").With(name, string(chanreg.Templates[name])))
	}
	return append(lines, lang.Text("-* takes all flags away.").With())
}

var templates = []string{"SOP", "AOP", "HOP", "VOP"}

func flags(r *dispatch.Request) error {
	switch len(r.Message.Params) {
	case 1:
		g, err := hold(r, 0)
		if err != nil {
			return err
		}
		listAccess(r, g, "")
		return nil
	case 2:
		return showFlags(r)
	}
	return changeFlags(r, r.Param(1), r.Param(2))
}

// listAccess lists who may do what, or only those with a template.
func listAccess(r *dispatch.Request, g grip, template string) {
	shown := 0
	if template == "" {
		r.Notice("%s  +%s  (FOUNDER)", g.Founder, chanreg.Templates["FOUNDER"])
		shown++
	}
	for _, a := range entries(g.Record) {
		name := g.TemplateOf(a.Flags)
		if template != "" && name != template {
			continue
		}
		if name != "" {
			name = "  (" + name + ")"
		}
		r.Notice("%s  +%s%s  by %s, %s", a.Account, a.Flags, name, a.By, lang.Date(a.Since))
		shown++
	}
	r.Notice("{%d entry|%d entries} in the access list of %s.", shown, g.Name)
}

// entries returns the access list in the order of the accounts.
func entries(rec *chanreg.Record) (all []chanreg.Grant) {
	for _, a := range rec.Access {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b chanreg.Grant) int { return strings.Compare(a.Account, b.Account) })
	return all
}

func showFlags(r *dispatch.Request) error {
	g, err := hold(r)
	if err != nil {
		return err
	}
	account := granted(r, r.Param(1))
	if own := same(r, account, r.Account()) && account != ""; !own && g.flags == "" {
		return no("You have no access to %s.", g.Name)
	}
	if account == "" {
		account = r.Param(1)
	}
	f := flagsOf(r.Server, g.Record, account)
	if casemap.IsChannel(account) {
		f = g.Access[r.Server.Channels.Key(account)].Flags
	}
	if f == "" {
		r.Notice("%s has no access to %s.", account, g.Name)
		return nil
	}
	r.Notice("%s has +%s in %s.", account, f, g.Name)
	sayGroups(r, g.Record, account)
	return nil
}

// sayGroups says by which channels an account has access.
func sayGroups(r *dispatch.Request, rec *chanreg.Record, account string) {
	for _, a := range r.Server.Channels.Groups(rec.Name) {
		if r.Server.InGroup(a, account) {
			r.Notice("+%s of that is for all with access to %s.", a.Flags, a.Account)
		}
	}
}

// granted returns to whom flags are given: an account, or a registered channel that
// stands for all who have access there. It is "" if there is neither.
func granted(r *dispatch.Request, word string) string {
	if !casemap.IsChannel(word) {
		return accountOf(r, word)
	}
	if rec := r.Server.Channels.Lookup(word); rec.Registered() && visible(r, rec) {
		return rec.Name
	}
	return ""
}

// accountOf returns the account that a word names: an account, or the one that the
// user of this nick is logged in to. It is "" if there is none.
func accountOf(r *dispatch.Request, word string) string {
	if r.Server.Accounts != nil {
		if a := r.Server.Accounts.Lookup(word); a != nil {
			return a.Name
		}
	}
	if u := r.Server.Network.World.User(word); u != nil {
		return u.Account()
	}
	return ""
}

func same(r *dispatch.Request, a, b string) bool { return r.Server.Network.World.Mapping.Equal(a, b) }

// changeFlags changes the flags of an account as the words say. Nobody gives or
// takes what they do not have, nor changes anything about those who have more; all
// may give up their own.
func changeFlags(r *dispatch.Request, word, how string) error {
	g, err := hold(r, 0)
	if err != nil {
		return err
	}
	account := granted(r, word)
	_, listed := g.Access[r.Server.Channels.Key(word)]
	switch {
	case account == "" && listed:
		account = word
	case account == "" && casemap.IsChannel(word):
		return no("%s is not registered.", word)
	case account == "":
		return no("There is no account %s, and nobody of that nick is logged in.", word)
	case same(r, account, g.Name):
		return no("Those with access to %s have it already.", g.Name)
	case same(r, account, g.Founder):
		return no("The founder has all flags. TRANSFER makes somebody else the founder.")
	}
	old := g.Access[r.Server.Channels.Key(account)].Flags
	next, bad := old.Change(how)
	if t := flagsNamed(g.Record, how); t != "" {
		next, bad = t, 0
	}
	switch {
	case bad != 0:
		return no("There is no flag %c. HELP FLAGS lists them all.", bad)
	case next.Has(chanreg.Founder):
		return no("Only one account is the founder: TRANSFER makes another one.")
	}
	changed := next.Without(old) + old.Without(next)
	gives := same(r, account, r.Account()) && next.Without(old) == ""
	switch {
	case changed == "":
		return no("That changes nothing: %s has +%s in %s.", account, old, g.Name)
	case !gives && !g.flags.Has(chanreg.Access):
		return lacking(g.Record, []rune{chanreg.Access})
	case !gives && !g.flags.Has(chanreg.Founder) && (changed+old).Without(g.flags) != "":
		return no("You cannot change +%s: you do not have these flags yourself.", (changed + old).Without(g.flags))
	}
	return setFlags(r, g, account, old, next)
}

// setFlags stores what an account may do, and lets it be so for members.
func setFlags(r *dispatch.Request, g grip, account string, old, next chanreg.Flags) error {
	limit, full := r.Server.Config().Channels.Registration.MaxEntries, false
	id := r.Server.Channels.Key(account)
	err := change(r, g.Name, func(rec *chanreg.Record) error {
		if next == "" {
			delete(rec.Access, id)
			return nil
		}
		_, listed := rec.Access[id]
		if full = !listed && len(rec.Access) >= limit; full {
			return no("The access list of %s is full: it has {%d entry|%d entries}.", rec.Name, limit)
		}
		rec.Access[id] = chanreg.Grant{Account: account, Flags: next, By: r.Account(), Since: r.Server.Now()}
		return nil
	})
	if err != nil {
		return err
	}
	if next == "" {
		r.Notice("%s has no access to %s any more.", account, g.Name)
	} else {
		r.Notice("%s has +%s in %s now.", account, next, g.Name)
	}
	if casemap.IsChannel(account) {
		restateGroup(r, g.Record, account, old)
		return nil
	}
	restate(r, g.channel(r), account, old, next)
	ripple(r, g.Record, account)
	return nil
}
