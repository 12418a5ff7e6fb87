package main

import (
	"fmt"
	"io"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/server/control"
)

type accountCommand struct {
	Add    addCommand    `cmd:"" help:"Register an account. The password is asked for, or read as a line from the standard input."`
	Del    delCommand    `cmd:"" help:"Delete an account with what its owner has said, and free its names."`
	List   listCommand   `cmd:"" help:"List the accounts."`
	Passwd passwdCommand `cmd:"" help:"Give an account another password."`
}

// Help is shown by "ircd account --help".
func (accountCommand) Help() string {
	return `These commands ask the running server, by the control socket in its data folder. They need the configuration the server runs with, and its user's rights.

Examples:
  ircd account add alice
  ircd account list --config /etc/parley.toml`
}

type (
	addCommand     struct{ named }
	delCommand     struct{ named }
	passwdCommand  struct{ named }
	listCommand    struct{}
	rehashCommand  struct{}
	statusCommand  struct{}
	compactCommand struct{}
)

type named struct {
	Name string `arg:"" help:"The name of the account."`
}

// Help is shown by "ircd rehash --help".
func (rehashCommand) Help() string {
	return `It prints what has changed, and what waits for the next start. A configuration with mistakes changes nothing. The signal HUP, and REHASH by an operator, do the same.`
}

// Run registers an account.
func (a addCommand) Run(c *cli, w world) error { return a.withPassword(c, w, "account add") }

// Run changes a password.
func (a passwdCommand) Run(c *cli, w world) error { return a.withPassword(c, w, "account passwd") }

// Run deletes an account.
func (a delCommand) Run(c *cli, w world) error {
	return ask(c, w, control.Request{Command: "account del", Name: a.Name})
}

// Run lists the accounts.
func (listCommand) Run(c *cli, w world) error {
	return ask(c, w, control.Request{Command: "account list"})
}

// Run makes the server read its configuration again.
func (rehashCommand) Run(c *cli, w world) error { return ask(c, w, control.Request{Command: "rehash"}) }

// Run shows how the server does.
func (statusCommand) Run(c *cli, w world) error { return ask(c, w, control.Request{Command: "status"}) }

// Help is shown by "ircd compact --help".
func (compactCommand) Help() string {
	return `The server does so by itself within hours of a deletion, and when the file has grown. Use this when something must be gone from the disk now. Nobody is kept waiting.`
}

// Run writes the history anew.
func (compactCommand) Run(c *cli, w world) error {
	cfg, err := config.Load(c.path(), w.env)
	if err != nil {
		return err
	}
	lines, err := control.Stream(cfg.Server.DataDir, control.Request{Command: "compact"}, io.Discard)
	for _, line := range lines {
		fmt.Fprintln(w.out, line)
	}
	return err
}

func (n named) withPassword(c *cli, w world, command string) error {
	pw, err := readPassword(w)
	if err != nil {
		return err
	}
	return ask(c, w, control.Request{Command: command, Name: n.Name, Password: pw})
}

// ask makes a request of the running server and prints its answer. Of the
// configuration it needs no more than where the data folder is.
func ask(c *cli, w world, r control.Request) error {
	cfg, err := config.Load(c.path(), w.env)
	if err != nil {
		return err
	}
	lines, err := control.Call(cfg.Server.DataDir, r)
	for _, line := range lines {
		fmt.Fprintln(w.out, line)
	}
	return err
}
