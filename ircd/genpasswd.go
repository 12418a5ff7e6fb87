package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/totp"
)

type genpasswdCommand struct {
	TOTP string `name:"totp" placeholder:"NAME" help:"Make the secret of a second factor for the operator of this name instead, and what its authenticator reads."`
}

// Help is shown by "ircd genpasswd --help".
func (genpasswdCommand) Help() string {
	return `On a terminal it asks for the password, twice. Otherwise it reads one line from the standard input. Only the hash (argon2id) is printed.

Examples:
  ircd genpasswd
  ircd genpasswd --totp alice
  pass show irc/oper | ircd genpasswd`
}

// Run prints the hash of a password, or a new secret.
func (g genpasswdCommand) Run(w world) error {
	if g.TOTP != "" {
		secret := totp.New()
		fmt.Fprintf(w.out, "%s\n%s\n", secret, totp.URL(secret, "Parley", g.TOTP))
		return nil
	}
	pw, err := readPassword(w)
	if err != nil {
		return err
	}
	fmt.Fprintln(w.out, password.Hash(password.Default, pw))
	return nil
}

// maxPassword is the longest line that is read as a password, in bytes.
const maxPassword = 4096

// readPassword asks for a password on a terminal, or reads a line of a file.
func readPassword(w world) (string, error) {
	fd := int(w.in.Fd())
	if !term.IsTerminal(fd) {
		line, err := bufio.NewReader(io.LimitReader(w.in, maxPassword+1)).ReadString('\n')
		if err != nil && err != io.EOF {
			return "", fmt.Errorf("read the password: %w", err)
		}
		line = strings.TrimRight(line, "\r\n")
		if len(line) > maxPassword {
			return "", fmt.Errorf("the password is longer than %d bytes", maxPassword)
		}
		return filled(line)
	}
	first, err := askSecret(w, "Password: ", fd)
	if err != nil {
		return "", err
	}
	again, err := askSecret(w, "Again: ", fd)
	if err == nil && again != first {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return first, err
}

func askSecret(w world, prompt string, fd int) (string, error) {
	fmt.Fprint(w.err, prompt)
	b, err := term.ReadPassword(fd)
	fmt.Fprintln(w.err)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return filled(string(b))
}

func filled(pw string) (string, error) {
	if pw == "" {
		return "", errors.New("there is no password; type it, or pipe it in as a line")
	}
	return pw, nil
}
