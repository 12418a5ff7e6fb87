package memoserv

import (
	"slices"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/memos"
)

var _ = add(dispatch.Command{
	Name: "IGNORE",
	Help: "Keeps the accounts from which you want no memos.",
	Subcommands: dispatch.Table{
		"ADD":  {Name: "ADD", Usage: "<account>", Help: "Lets you get no more memos from an account.", Run: ignore},
		"DEL":  {Name: "DEL", Usage: "<account>", Help: "Lets you get memos from an account again.", Run: heed},
		"LIST": {Name: "LIST", Help: "Lists these accounts.", Run: ignored},
	},
})

// mostIgnored is how many accounts one can ignore.
const mostIgnored = 100

func ignore(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	other, err := receiver(r, r.Param(0))
	if err != nil {
		return err
	}
	if err := change(r, a, func(rec *memos.Record) error {
		switch {
		case rec.Ignores(r.Server.Network.World.Mapping, other.Name):
			return no("You get none from %s already.", other.Name)
		case len(rec.Ignored) >= mostIgnored:
			return no("The list is full: it has {%d entry|%d entries}.", mostIgnored)
		}
		rec.Ignored = append(rec.Ignored, other.Name)
		return nil
	}); err != nil {
		return err
	}
	r.Notice("You get no more memos from %s.", other.Name)
	return nil
}

func heed(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	if err := change(r, a, func(rec *memos.Record) error {
		before := len(rec.Ignored)
		rec.Ignored = slices.DeleteFunc(rec.Ignored, func(name string) bool { return same(r, name, r.Param(0)) })
		if len(rec.Ignored) == before {
			return no("%s is not in the list.", r.Param(0))
		}
		return nil
	}); err != nil {
		return err
	}
	r.Notice("You get memos from %s again.", r.Param(0))
	return nil
}

func ignored(r *dispatch.Request) error {
	_, rec, err := box(r)
	if err != nil {
		return err
	}
	for _, name := range rec.Ignored {
		r.Notice("%s", name)
	}
	r.Notice("{%d entry|%d entries} in the list.", len(rec.Ignored))
	return nil
}
