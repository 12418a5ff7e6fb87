package main

import (
	"fmt"

	"github.com/parley-irc/parley/ircd/server"
)

type checkCommand struct{}

// Help is shown by "ircd check --help".
func (checkCommand) Help() string {
	return `Nothing is started or changed. Each problem is a line: file, line, key, and what the right form is. The exit code is 2 if there are any.

Example:
  ircd check --config /etc/parley.toml && systemctl reload parley`
}

// Run checks the configuration.
func (checkCommand) Run(c *cli, w world) error {
	path := c.path()
	cfg, err := server.Load(path, w.env)
	if err != nil {
		return err
	}
	if path == "" {
		path = "the built-in configuration"
	}
	fmt.Fprintf(w.out, "%s can be used: %s, %d listeners, %d operators\n", path, cfg.Server.Name, len(cfg.Listeners), len(cfg.Opers))
	return nil
}
