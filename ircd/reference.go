package main

import (
	"fmt"

	"github.com/parley-irc/parley/ircd/reference"
)

type referenceCommand struct {
	Dir string `arg:"" optional:"" default:"docs/reference" help:"The folder to write to (${default})."`
}

// Help is shown by "ircd reference --help".
func (referenceCommand) Help() string {
	return `The pages are made from the tables this very program runs on: commands, modes, extended bans, capabilities, numerics, ISUPPORT tokens, privileges, and the configuration.`
}

// Run writes the reference manual.
func (r referenceCommand) Run(w world) error {
	names, err := reference.Write(r.Dir)
	for _, name := range names {
		fmt.Fprintln(w.out, name)
	}
	return err
}
