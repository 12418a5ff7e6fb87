package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/parley-irc/parley/config"
)

// An asker asks questions. Each has an answer that an empty line stands for.
type asker struct {
	world
	lines *bufio.Reader
}

func (a asker) ask(question, empty string) (string, error) {
	fmt.Fprintf(a.err, "%s [%s]: ", question, empty)
	line, err := a.lines.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("no answer, so nothing is written: %w", err)
	}
	return cmp.Or(strings.TrimSpace(line), empty), nil
}

func (a asker) yes(question string) (bool, error) {
	answer, err := a.ask(question+" y or n", "n")
	return strings.HasPrefix(strings.ToLower(answer), "y"), err
}

// secret asks for something that is not shown as it is typed. Nothing is an answer.
func (a asker) secret(question string) (string, error) {
	fmt.Fprint(a.err, question+": ")
	if fd := int(a.in.Fd()); term.IsTerminal(fd) {
		b, err := term.ReadPassword(fd)
		fmt.Fprintln(a.err)
		return string(b), err
	}
	line, err := a.lines.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

// ask asks for what the flags would say, and for the operator's password.
func (i *initCommand) ask(w world) (pw string, err error) {
	a, def := asker{w, bufio.NewReader(w.in)}, config.Default()
	fmt.Fprintln(w.err, "A few questions; an empty line takes what is in brackets.")
	if i.Network, err = a.ask("The name of the network", def.Network.Name); err != nil {
		return "", err
	}
	if i.Server, err = a.ask("The name of the server, by which clients find it", hostName(def.Server.Name)); err != nil {
		return "", err
	}
	if i.Public, err = a.yes("May others than this machine connect?"); err != nil {
		return "", err
	}
	if err := i.askCertificate(a); err != nil {
		return "", err
	}
	if i.Oper, err = a.ask("The name of its operator", cmp.Or(os.Getenv("USER"), "admin")); err != nil {
		return "", err
	}
	if pw, err = a.secret("The operator's password; an empty line makes one"); err != nil {
		return "", fmt.Errorf("no answer, so nothing is written: %w", err)
	}
	if pw == "" {
		i.MakePassword, pw = true, makePassword()
	}
	return pw, nil
}

// askCertificate asks for a certificate, if others are to connect.
func (i *initCommand) askCertificate(a asker) (err error) {
	if !i.Public {
		return nil
	}
	const none = "none; one is made"
	if i.Cert, err = a.ask("The file with the certificate of an authority, such as fullchain.pem", none); err != nil {
		return err
	}
	if i.Cert == none {
		i.Cert = ""
		return nil
	}
	i.Key, err = a.ask("The file with its key", strings.ReplaceAll(i.Cert, "fullchain", "privkey"))
	return err
}

// hostName returns the name of this machine if it can be that of a server.
func hostName(otherwise string) string {
	name, err := os.Hostname()
	if err != nil || !strings.Contains(name, ".") || strings.HasSuffix(name, ".local") {
		return otherwise
	}
	return name
}
