package main

import (
	"fmt"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/server"
)

// next says what to do, with the program as it was called, with a configuration that has
// just been written. cert is the certificate that was made for it, if any, and pw the
// operator's password, if nobody has typed it.
func next(c *config.Config, program, path string, cert server.Certificate, pw string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s is written. Every setting is explained in it.", path)
	if cert.Path != "" {
		line("%s is a certificate that the server has signed itself. Its fingerprint (SHA-256) is\n  %s", cert.Path, cert.Fingerprint)
	}
	option := ""
	if path != defaultConfig {
		option = " --config " + path
	}
	line("\n1. Start the server:\n  %s run%s", program, option)
	line("2. Connect a client:")
	for _, l := range c.Listeners {
		if how := howToConnect(server.Listening{Address: l.Address, TLS: l.TLS, WebSocket: l.WebSocket, STSOnly: l.STSOnly}); how != "" {
			line("  %s", how)
		}
	}
	step := 3
	if len(c.Opers) > 0 {
		shown := "and the password"
		if pw != "" {
			shown = pw
		}
		line("%d. Become operator, in your client:\n  /OPER %s %s", step, c.Opers[0].Name, shown)
		step++
	}
	if public(c) {
		line("%d. Let others in: the name %s has to lead to this machine, and port 6697 has to be open.", step, c.Server.Name)
		if c.TLS.Cert == "" {
			line("   Clients warn of a self-signed certificate: get one from an authority, set [tls] cert and key, and rehash.")
		}
		step++
	}
	line("%d. Change what you like in %s; then\n  %s check%s && %[3]s rehash%[4]s", step, path, program, option)
	return b.String()
}

// public reports whether others than this machine can connect.
func public(c *config.Config) bool {
	for _, l := range c.Listeners {
		if strings.HasPrefix(l.Address, ":") {
			return true
		}
	}
	return false
}
