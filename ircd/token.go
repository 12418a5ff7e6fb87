package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/httpapi"
)

type tokenCommand struct {
	Name  string   `arg:"" help:"Whose it is: a word, which the trail of what operators did has."`
	Scope []string `short:"s" placeholder:"SCOPE,..." help:"What it is good for, such as accounts:read. Without it, it says which scopes there are."`
	Days  int      `placeholder:"DAYS" help:"For how many days it is good. Without it, for ever."`
	From  []string `placeholder:"ADDRESS,..." help:"From which addresses or networks it is good. Without it, from everywhere."`
}

// Help is shown by "ircd token --help".
func (tokenCommand) Help() string {
	return `The token is shown once and kept nowhere: give it to the program that needs it. What follows goes into the configuration, and has only its hash; rehash then. To take a token back, remove its section and rehash.

Examples:
  ircd token website --scope accounts:read,accounts:check --from 192.0.2.80
  ircd token backups --scope backup --days 365`
}

// Run prints a token and its section of the configuration.
func (t tokenCommand) Run(w world) error {
	if len(t.Scope) == 0 {
		var b strings.Builder
		for _, row := range httpapi.Scopes() {
			fmt.Fprintf(&b, "\n  %-16s %s", row.Scope, row.Help)
		}
		return errors.New("say what it is to be good for, by --scope:" + b.String())
	}
	if name := httpapi.Unknown(t.Scope); name != "" {
		return fmt.Errorf("there is no scope %q; \"ircd token %s\" lists them", name, t.Name)
	}
	token, hash := httpapi.NewToken()
	fmt.Fprintf(w.out, "%s\n\n[[api.token]]\nname = %q\nhash = %q\nscopes = %s\n", token, t.Name, hash, list(t.Scope))
	if t.Days > 0 {
		fmt.Fprintf(w.out, "expires = %q\n", time.Now().AddDate(0, 0, t.Days).Format(time.DateOnly))
	}
	if len(t.From) > 0 {
		fmt.Fprintf(w.out, "from = %s\n", list(t.From))
	}
	return nil
}

// list returns words as a list in TOML.
func list(words []string) string {
	quoted := make([]string, len(words))
	for i, x := range words {
		quoted[i] = fmt.Sprintf("%q", x)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
