package main

import (
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/listener"
)

type mkcertCommand struct {
	Hosts []string `arg:"" help:"The names and addresses that clients connect to."`
	Cert  string   `placeholder:"FILE" default:"parley.crt" help:"Where to write the certificate (${default})."`
	Key   string   `placeholder:"FILE" default:"parley.key" help:"Where to write its key (${default})."`
	Days  int      `default:"3650" help:"How long it is valid (${default} days)."`
}

// Help is shown by "ircd mkcert --help".
func (mkcertCommand) Help() string {
	return `Clients warn of a self-signed certificate, because nobody vouches for it; for a public server get one from an authority such as Let's Encrypt. Existing files are never overwritten.

Example:
  ircd mkcert irc.example.org 192.0.2.1
and in the configuration, [tls] cert = "parley.crt", key = "parley.key".`
}

// Run makes a certificate.
func (m mkcertCommand) Run(w world) error {
	if m.Days < 1 {
		return fmt.Errorf("a certificate cannot be valid for %d days", m.Days)
	}
	valid := time.Duration(m.Days) * 24 * time.Hour
	if err := listener.WriteSelfSigned(m.Cert, m.Key, m.Hosts, time.Now(), valid); err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	fmt.Fprintf(w.out, "%s and %s are made for %v.\nIn the configuration: [tls] cert = %q, key = %q\n", m.Cert, m.Key, m.Hosts, m.Cert, m.Key)
	return nil
}
