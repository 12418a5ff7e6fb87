package main

import (
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/server"
)

type checkCommand struct{}

// Help is shown by "ircd check --help".
func (checkCommand) Help() string {
	return `Nothing is started or changed. Each problem is a line: file, line, key, and what the right form is. The exit code is 2 if there are any. What is allowed but seldom meant is told as advice, which does not change the exit code.

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
	name := path
	if path == "" {
		name = "the built-in configuration"
	}
	fmt.Fprintf(w.out, "%s can be used: %s, %s, %s\n", name, cfg.Server.Name, count(len(cfg.Listeners), "listener"), count(len(cfg.Opers), "operator"))
	for _, p := range server.Advise(cfg, path, time.Now()) {
		p.Message = "advice: " + p.Message
		fmt.Fprintln(w.out, p)
	}
	return nil
}

// count says how many there are of something.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
