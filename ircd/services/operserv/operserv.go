// Package operserv implements OperServ, by which operators give in words what they can
// give as commands of their client.
//
// It has no commands of its own. Every command that takes a privilege is one of
// OperServ, with the same help, parameters and checks; so nothing has to be said or
// written twice, and what OperServ does is noted as the command is.
package operserv

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
)

// others are commands that are for operators, though parts of them are for everybody.
var others = []string{"DEOPER", "STATS"}

// synonyms are names that operators know from the OperServ of other networks.
var synonyms = map[string]string{
	"AKILL": "KLINE", "BAN": "UBAN",
	"JOIN": "SAJOIN", "KICK": "SAKICK", "MODE": "SAMODE", "NICK": "SANICK", "PART": "SAPART", "TOPIC": "SATOPIC",
	"SHUTDOWN": "DIE",
}

// New returns OperServ for these commands of clients.
func New(t dispatch.Table) *dispatch.Service {
	v := &dispatch.Service{
		Nick:     "OperServ",
		Aliases:  []string{"OS"},
		About:    "OperServ lets operators of the network do in words what they can do by commands.",
		Commands: dispatch.Table{},
	}
	for _, c := range t.Sorted() {
		if c.Privileged || slices.Contains(others, c.Name) {
			v.Commands.Add(spoken(c))
		}
	}
	for name, c := range t { // GLINE, which is KLINE
		if name != c.Name && v.Commands[c.Name] != nil {
			v.Commands.Alias(c.Name, name)
		}
	}
	for name, command := range synonyms {
		v.Commands.Alias(command, name)
	}
	return v
}

// spoken returns a command of a client as one of the service.
func spoken(c *dispatch.Command) dispatch.Command {
	x := dispatch.Command{
		Name: c.Name, Usage: c.Usage, Help: c.Help, More: c.More, Privileged: c.Privileged, Oper: c.Oper,
		Run: func(r *dispatch.Request) error { return r.Relay(c.Name, fold(c.Usage, r.Message.Params)) },
	}
	for _, sub := range c.Subcommands.Sorted() {
		if x.Subcommands == nil {
			x.Subcommands = dispatch.Table{}
		}
		x.Subcommands.Add(dispatch.Command{
			Name: sub.Name, Usage: sub.Usage, Help: sub.Help, More: sub.More, Privileged: sub.Privileged, Oper: sub.Oper,
			Run: func(r *dispatch.Request) error {
				return r.Relay(c.Name, append([]string{sub.Name}, fold(sub.Usage, r.Message.Params)...))
			},
		})
	}
	return x
}

// fold makes parameters of words: what is left for the last one is one text, unless
// there may be any number of them.
func fold(usage string, words []string) []string {
	n := len(strings.Fields(usage))
	if n == 0 || len(words) <= n || strings.Contains(usage, "...") {
		return words
	}
	return append(slices.Clone(words[:n-1]), strings.Join(words[n-1:], " "))
}
