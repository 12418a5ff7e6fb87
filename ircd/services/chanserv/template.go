package chanserv

import (
	"maps"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var _ = add(dispatch.Command{
	Name:  "TEMPLATE",
	Usage: "<channel> [<name> [<flags>]]",
	Help:  "Shows or changes names for sets of flags, which FLAGS takes: \"TEMPLATE #tea HELPER +Vt\".",
	More: []lang.Text{
		"Who has exactly the flags of a template gets those that it stands for from now on.",
		"-* removes a template; who has its flags keeps them.",
	},
	Run: template,
})

// mostTemplates is how many templates a channel can have.
const mostTemplates = 20

func template(r *dispatch.Request) error {
	if len(r.Message.Params) >= 3 {
		return setTemplate(r, strings.ToUpper(r.Param(1)), r.Param(2))
	}
	g, err := hold(r, 0)
	if err != nil {
		return err
	}
	shown := 0
	for _, name := range templateNames(g.Record) {
		if word := r.Param(1); word == "" || same(r, word, name) {
			r.Notice("%s stands for +%s", name, flagsNamed(g.Record, name))
			shown++
		}
	}
	if shown == 0 {
		return no("There is no template %s.", r.Param(1))
	}
	return nil
}

// templateNames are the names of all templates that a channel has.
func templateNames(rec *chanreg.Record) []string {
	return append(slices.Clone(templates), slices.Sorted(maps.Keys(rec.Templates))...)
}

// flagsNamed returns the flags of a template, or "" if there is none of that name.
func flagsNamed(rec *chanreg.Record, name string) chanreg.Flags {
	name = strings.ToUpper(name)
	if f, ok := rec.Templates[name]; ok {
		return f
	}
	if slices.Contains(templates, name) {
		f, _ := chanreg.Flags("").Change(name)
		return f
	}
	return ""
}

func validTemplate(name string) bool {
	return len(name) <= 20 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == "" && name[0] != '-'
}

func setTemplate(r *dispatch.Request, name, how string) error {
	g, err := hold(r, chanreg.Access)
	if err != nil {
		return err
	}
	_, fixed := chanreg.Templates[name]
	old := g.Templates[name]
	next, bad := old.Change(how)
	changed := next.Without(old) + old.Without(next)
	switch {
	case fixed:
		return no("%s is the same in all channels.", name)
	case !validTemplate(name):
		return no("A template has a name of letters and digits, at most 20.")
	case bad != 0:
		return no("There is no flag %c. HELP FLAGS lists them all.", bad)
	case next.Has(chanreg.Founder):
		return no("Only one account is the founder: TRANSFER makes another one.")
	case changed == "":
		return no("That changes nothing: %s stands for +%s.", name, old)
	case !g.flags.Has(chanreg.Founder) && (changed+old).Without(g.flags) != "":
		return no("You cannot change +%s: you do not have these flags yourself.", (changed + old).Without(g.flags))
	}
	var moved []string
	if err := change(r, g.Name, func(rec *chanreg.Record) error {
		moved = nil
		if next == "" {
			delete(rec.Templates, name)
			return nil
		}
		if _, known := rec.Templates[name]; !known && len(rec.Templates) >= mostTemplates {
			return no("%s has as many templates as it may have.", rec.Name)
		}
		rec.Templates[name] = next
		for key, a := range rec.Access {
			if old != "" && a.Flags == old {
				a.Flags = next
				rec.Access[key] = a
				moved = append(moved, a.Account)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if next == "" {
		r.Notice("%s is no template of %s any more.", name, g.Name)
		return nil
	}
	r.Notice("%s stands for +%s in %s now; {%d entry|%d entries} changed.", name, next, g.Name, len(moved))
	for _, account := range moved {
		restate(r, g.channel(r), account, old, next)
	}
	return nil
}
