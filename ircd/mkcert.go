package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/listener"
)

type mkcertCommand struct {
	Hosts []string `arg:"" optional:"" help:"The names and addresses that clients connect to."`
	Link  bool     `help:"Make the one by which other servers know this one, instead."`
	Cert  string   `placeholder:"FILE" default:"parley.crt" help:"Where to write the certificate (${default})."`
	Key   string   `placeholder:"FILE" default:"parley.key" help:"Where to write its key (${default})."`
	Days  int      `default:"3650" help:"How long it is valid (${default} days)."`
}

// Help is shown by "ircd mkcert --help".
func (mkcertCommand) Help() string {
	return `Clients warn of a self-signed certificate, because nobody vouches for it; for a public server get one from an authority such as Let's Encrypt. Existing files are never overwritten.

With --link, name and files are those of the configuration, and the line is printed that other servers need in their link.pins. If the key is there already, the line is printed alone.

Examples:
  ircd mkcert irc.example.org 192.0.2.1
and in the configuration, [tls] cert = "parley.crt", key = "parley.key".
  ircd mkcert --link`
}

// Validate implements kong's check of a command line.
func (m mkcertCommand) Validate() error {
	if len(m.Hosts) == 0 && !m.Link {
		return errors.New("write the names and addresses that clients connect to, such as irc.example.org")
	}
	return nil
}

// Run makes a certificate.
func (m mkcertCommand) Run(c *cli, w world) error {
	if m.Days < 1 {
		return fmt.Errorf("a certificate cannot be valid for %d days", m.Days)
	}
	valid := time.Duration(m.Days) * 24 * time.Hour
	if m.Link {
		return makeLinkKey(c, w, valid)
	}
	if err := listener.WriteSelfSigned(m.Cert, m.Key, m.Hosts, time.Now(), valid); err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	fmt.Fprintf(w.out, "%s and %s are made for %v.\nIn the configuration: [tls] cert = %q, key = %q\n", m.Cert, m.Key, m.Hosts, m.Cert, m.Key)
	return nil
}

// makeLinkKey makes the key by which other servers know this one.
func makeLinkKey(c *cli, w world, valid time.Duration) error {
	// Whoever makes a key may not have the pins yet that links need.
	const enabled = "PARLEY__LINK__ENABLED="
	env := slices.DeleteFunc(slices.Clone(w.env), func(v string) bool { return strings.HasPrefix(v, enabled) })
	cfg, err := config.Load(c.path(), append(env, enabled+"false"))
	if err != nil {
		return err
	}
	cert, key := cfg.LinkFiles()
	if err := os.MkdirAll(filepath.Dir(cert), 0o700); err != nil {
		return err
	}
	err = listener.WriteSelfSigned(cert, key, []string{cfg.Server.Name}, time.Now(), valid)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make a certificate: %w", err)
	}
	id, err := cluster.LoadIdentity(cert, key)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.err, "The key of %s is in %s. For link.pins of the other servers:\n", cfg.Server.Name, key)
	fmt.Fprintf(w.out, "\"%s %s\",\n", cfg.Server.Name, id.Fingerprint())
	return nil
}
