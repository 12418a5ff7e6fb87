package main

import (
	"crypto/rand"
	"encoding/base32"
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
	Network      string `placeholder:"NAME" help:"The name of the network, as clients show it."`
	Server       string `placeholder:"NAME" help:"The name of the server, with a dot: irc.example.org."`
	Public       bool   `help:"Let others connect, with TLS on port 6697; 6667 stays for this machine."`
	Cert         string `placeholder:"FILE" help:"The certificate, of an authority. Without it a self-signed one is made in the data folder."`
	Key          string `placeholder:"FILE" help:"The key of that certificate."`
	DataDir      string `placeholder:"DIR" help:"Where the server keeps its records; data, beside the configuration, if not given."`
	Language     string `placeholder:"TAG" help:"The language of the server's texts, such as de."`
	Oper         string `placeholder:"NAME" help:"Make an operator. The password is read as a line from the standard input, or asked for."`
	MakePassword bool   `help:"Make the operator's password instead, and print it."`
}

// Help is shown by "ircd init --help".
func (initCommand) Help() string {
	return `Writes parley.toml, or the file named by --config, which must not exist, with every setting explained; makes a certificate; and says what to do next. Without flags, and on a terminal, it asks a few questions.

Examples:
  ircd init
  ircd init --network Tea --server irc.example.org --public --oper alice --make-password
  sudo ircd init --config /etc/parley/parley.toml --data-dir /var/lib/parley --server irc.example.org --public --cert /etc/parley/tls.crt --key /etc/parley/tls.key --oper alice < password`
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
	pw := ""
	if i == (initCommand{}) && term.IsTerminal(int(w.in.Fd())) {
		var err error
		if pw, err = i.ask(w); err != nil {
			return err
		}
	}
	switch {
	case i.Oper == "" || pw != "":
	case i.MakePassword:
		pw = makePassword()
	default:
		var err error
		if pw, err = readPassword(w); err != nil {
			return err
		}
	}
	cfg, err := i.write(path, pw)
	if err != nil {
		return err
	}
	if !i.MakePassword {
		pw = "" // who has typed it knows it
	}
	cert, err := server.MakeCertificate(cfg)
	if err != nil {
		fmt.Fprintf(w.err, "ircd: %v; the server makes a certificate at its first start\n", err)
	}
	if err := server.HandOver(cfg, path); err != nil {
		fmt.Fprintf(w.err, "ircd: %v; see to it that the server's user can read %s\n", err, path)
	}
	fmt.Fprint(w.out, next(cfg, os.Args[0], path, cert, pw))
	return nil
}

// write writes the configuration, if it is one that a server can use, and returns it.
func (i initCommand) write(path, pw string) (*config.Config, error) {
	text := config.Text(i.config(pw))
	made, err := config.Parse(path, []byte(text), nil)
	if err != nil {
		return nil, err
	}
	if problems := server.Check(made); len(problems) > 0 {
		return nil, problems
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(text)
	return made, errors.Join(err, f.Close())
}

// config returns the default configuration with what was chosen.
func (i initCommand) config(pw string) *config.Config {
	c := config.Default()
	for to, from := range map[*string]string{
		&c.Network.Name: i.Network, &c.Server.Name: i.Server, &c.Server.DataDir: i.DataDir,
		&c.Server.Language: i.Language, &c.TLS.Cert: i.Cert, &c.TLS.Key: i.Key,
	} {
		if from != "" {
			*to = from
		}
	}
	if i.Public {
		for n := range c.Listeners {
			if l := &c.Listeners[n]; l.TLS {
				l.Address = ":6697"
			}
		}
	}
	if i.Oper != "" {
		c.Opers = []config.Oper{{Name: i.Oper, Password: password.Hash(password.Default, pw), Class: c.OperClasses[0].Name}}
	}
	return c
}

// makePassword returns a password of 100 random bits that can be typed.
func makePassword() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // it never fails
	s := base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").EncodeToString(b[:])[:20]
	return strings.Join([]string{s[:5], s[5:10], s[10:15], s[15:]}, "-")
}
