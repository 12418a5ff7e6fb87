package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/server"
)

type repairCommand struct {
	Write  bool `help:"Repair what is damaged, as the server does when it starts."`
	Forget bool `help:"Remove the damaged files that are kept, for good."`
}

// Help is shown by "ircd repair --help".
func (repairCommand) Help() string {
	return `It tells whether the files in the data folder are whole, and which damaged ones are kept there. It changes nothing, unless it is told to. The server must not run: it repairs its files by itself when it starts. docs/manual/repair.md explains what can be done.`
}

// Run examines the files, and does what it is told to.
func (r repairCommand) Run(c *cli, w world) error {
	cfg, err := config.Load(c.path(), w.env)
	if err != nil {
		return err
	}
	lines, damaged, err := server.Examine(cfg)
	for _, line := range lines {
		fmt.Fprintln(w.out, line)
	}
	if err != nil {
		return err
	}
	if damaged && r.Write {
		o, err := openOffline(cfg, w)
		if err == nil {
			err = o.Check(context.Background())
		}
		if err = errors.Join(err, o.Close()); err != nil {
			return err
		}
		fmt.Fprintln(w.out, "what reads is whole again")
		damaged = false
	}
	if r.Forget {
		removed, err := server.ForgetDamaged(cfg)
		for _, name := range removed {
			fmt.Fprintln(w.out, "removed "+name)
		}
		if err != nil {
			return err
		}
	}
	if damaged {
		return errors.New("something is damaged: \"ircd repair --write\" repairs it as far as it reads")
	}
	return nil
}
