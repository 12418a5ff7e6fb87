package main

import (
	"fmt"
	"path/filepath"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/server/control"
)

type linkCommand struct {
	Status  linkStatusCommand  `cmd:"" help:"Show the servers of the network."`
	Found   linkFoundCommand   `cmd:"" help:"Make this server, which waits for others, the first of a new network."`
	Leave   linkLeaveCommand   `cmd:"" help:"Leave the network for good, and stop."`
	Remove  linkRemoveCommand  `cmd:"" help:"Remove a server that will not come back."`
	Recover linkRecoverCommand `cmd:"" help:"Go on without the others, when a majority of them is lost for good."`
	Join    linkJoinCommand    `cmd:"" help:"Let this server, which must not run, join the network anew when it starts."`
}

// Help is shown by "ircd link --help".
func (linkCommand) Help() string {
	return `These commands are about the network that a server is linked to by [link] in its configuration. All but "join" ask the running server, by the control socket in its data folder.

Examples:
  ircd link status
  ircd link remove irc3.example.org`
}

type (
	linkStatusCommand  struct{}
	linkFoundCommand   struct{}
	linkLeaveCommand   struct{}
	linkRecoverCommand struct{}
	linkJoinCommand    struct{}
	linkRemoveCommand  struct {
		Name string `arg:"" help:"The name of the server."`
	}
)

// Run shows the network.
func (linkStatusCommand) Run(c *cli, w world) error {
	return ask(c, w, control.Request{Command: "link status"})
}

// Run makes a network.
func (linkFoundCommand) Run(c *cli, w world) error {
	return ask(c, w, control.Request{Command: "link found"})
}

// Run leaves the network.
func (linkLeaveCommand) Run(c *cli, w world) error {
	return ask(c, w, control.Request{Command: "link leave"})
}

// Run removes a server.
func (l linkRemoveCommand) Run(c *cli, w world) error {
	return ask(c, w, control.Request{Command: "link remove", Name: l.Name})
}

// Run gives the other servers up.
func (linkRecoverCommand) Run(c *cli, w world) error {
	return ask(c, w, control.Request{Command: "link recover"})
}

// Help is shown by "ircd link join --help".
func (linkJoinCommand) Help() string {
	return `The server keeps its name and its key. Its records are set aside when it starts, and those of the network take their place.`
}

// Run lets the server forget the network it knows.
func (linkJoinCommand) Run(c *cli, w world) error {
	cfg, err := config.Load(c.path(), w.env)
	if err != nil {
		return err
	}
	if err := server.Rejoin(cfg.Server.DataDir); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "when this server starts, it joins the network anew; what it remembers is in %s\n", filepath.Join(cfg.Server.DataDir, "link"))
	return nil
}
