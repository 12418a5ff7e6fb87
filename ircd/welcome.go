package main

import (
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/parley-irc/parley/ircd/server"
)

// welcome says what to do next, with a server that has just been made or has no
// configuration yet. Program is how ircd was called, so that its commands can be
// copied.
func welcome(s *server.Server, program, path string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s is running. Stop it by Ctrl-C.\n\nConnect:\n", s.Config().Network.Name)
	for _, l := range s.Listening() {
		if line := howToConnect(l); line != "" {
			b.WriteString("  " + line + "\n")
		}
	}
	edit := path
	if path == "" {
		edit = defaultConfig
		fmt.Fprintf(&b, "\nSettings: the defaults hold. \"%s init\" writes %s with all of them explained;\n"+
			"edit it and start the server again in the same folder.\n", program, edit)
	} else {
		fmt.Fprintf(&b, "\nSettings: edit %s, then type \"%s rehash --config %s\".\n", path, program, path)
	}
	fmt.Fprintf(&b, "\nBecome operator: \"%s genpasswd\" makes the hash of a password. Add to %s\n"+
		"  [[oper]]\n  name = \"me\"\n  password = \"the hash\"\n  class = \"netadmin\"\n"+
		"and in your client type /OPER me and the password.\n\n", program, edit)
	if data := s.Config().Server.DataDir; data != "" {
		fmt.Fprintf(&b, "What the server keeps is in %s. Process %d.\n\n", data, os.Getpid())
	}
	return b.String()
}

// howToConnect names a client's command for a listener.
func howToConnect(l server.Listening) string {
	if path, ok := strings.CutPrefix(l.Address, "unix:"); ok {
		return "by the unix socket, in irssi: /connect " + path
	}
	host, port, err := net.SplitHostPort(l.Address)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	switch {
	case err != nil || l.STSOnly:
		return ""
	case l.WebSocket && l.TLS:
		return "in a browser: wss://" + net.JoinHostPort(host, port)
	case l.WebSocket:
		return "in a browser: ws://" + net.JoinHostPort(host, port)
	case l.TLS:
		return fmt.Sprintf("with TLS, in irssi: /connect -tls -notls_verify %s %s", host, port)
	}
	return fmt.Sprintf("irssi --connect=%s --port=%s", host, port)
}
