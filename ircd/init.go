package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/server"
)

type initCommand struct {
	Network string `placeholder:"NAME" help:"The name of the network, as clients show it."`
	Server  string `placeholder:"NAME" help:"The name of the server, with a dot: irc.example.org."`
	Public  bool   `help:"Let others connect, with TLS on port 6697; 6667 stays for this machine."`
	Oper    string `placeholder:"NAME" help:"Make an operator. The password is read as a line from the standard input."`
}

// Help is shown by "ircd init --help".
func (initCommand) Help() string {
	return `Writes parley.toml, or the file named by --config, which must not exist. Without flags, and on a terminal, it asks a few questions.

Examples:
  ircd init
  ircd init --network Tea --server irc.example.org --public --oper alice < password`
}

// Run writes a configuration.
func (i initCommand) Run(c *cli, w world) error {
	path := c.Config
	if path == "" {
		path = defaultConfig
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists already; it stays as it is. Name another file by --config", path)
	}
	hash := ""
	if i == (initCommand{}) && term.IsTerminal(int(w.in.Fd())) {
		if err := i.ask(w); err != nil {
			return err
		}
	}
	if i.Oper != "" {
		pw, err := readPassword(w)
		if err != nil {
			return err
		}
		hash = password.Hash(password.Default, pw)
	}
	return i.write(path, hash, w)
}

// write writes the configuration, if it is one that a server can use.
func (i initCommand) write(path, hash string, w world) error {
	cfg := i.config(hash)
	text := config.Text(cfg)
	made, err := config.Parse(path, []byte(text), nil)
	if err != nil {
		return err
	}
	if problems := server.Check(made); len(problems) > 0 {
		return problems
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	start := "ircd run"
	if path != defaultConfig {
		start += " --config " + path
	}
	fmt.Fprintf(w.out, "%s is written. Every setting is explained in it.\nStart the server: %s\n", path, start)
	return nil
}

// config returns the default configuration with what was chosen.
func (i initCommand) config(hash string) *config.Config {
	c := config.Default()
	if i.Network != "" {
		c.Network.Name = i.Network
	}
	if i.Server != "" {
		c.Server.Name = i.Server
	}
	if i.Public {
		for n := range c.Listeners {
			if l := &c.Listeners[n]; l.TLS {
				l.Address = ":6697"
			}
		}
	}
	if i.Oper != "" {
		c.Opers = []config.Oper{{Name: i.Oper, Password: hash, Class: c.OperClasses[0].Name}}
	}
	return c
}

// ask asks for what the flags would say.
func (i *initCommand) ask(w world) error {
	in := bufio.NewReader(w.in)
	def := config.Default()
	question := func(text, def string) (string, error) {
		fmt.Fprintf(w.err, "%s [%s]: ", text, def)
		line, err := in.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("no answer, so nothing is written: %w", err)
		}
		if line = strings.TrimSpace(line); line == "" {
			line = def
		}
		return line, nil
	}
	var err error
	if i.Network, err = question("The name of the network", def.Network.Name); err != nil {
		return err
	}
	if i.Server, err = question("The name of the server", def.Server.Name); err != nil {
		return err
	}
	others, err := question("May others than this machine connect? y or n", "n")
	if err != nil {
		return err
	}
	i.Public = strings.HasPrefix(strings.ToLower(others), "y")
	i.Oper, err = question("The name of its operator", cmp.Or(os.Getenv("USER"), "admin"))
	return err
}
