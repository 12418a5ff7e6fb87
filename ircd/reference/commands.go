package reference

import (
	"strings"

	"github.com/parley-irc/parley/ircd/commands"
	"github.com/parley-irc/parley/ircd/dispatch"
)

func clientCommands() string {
	p := newPage("Commands", "What clients send. Parameters in brackets may be left out; `HELP` in a client says the same.")
	for _, c := range commands.Table.Sorted() {
		p.command(c, nil)
	}
	return p.String()
}

// command writes about a command, or a subcommand of within.
func (p *page) command(c, within *dispatch.Command) {
	title, synopsis := "## "+c.Name, strings.TrimSpace(c.Name+" "+c.Usage)
	if within != nil {
		title, synopsis = "### "+within.Name+" "+c.Name, within.Synopsis(c)
	}
	p.describe(c, title, synopsis)
	for _, sub := range c.Subcommands.Sorted() {
		p.command(sub, c)
	}
}

// describe writes what is known of a command.
func (p *page) describe(c *dispatch.Command, title, synopsis string) {
	p.WriteString("\n" + title + "\n\n`" + synopsis + "`\n\n" + c.About().String() + "\n")
	for _, line := range c.Lines()[1:] {
		p.WriteString(line.String() + "\n")
	}
	if facts := facts(c); len(facts) > 0 {
		p.WriteString("\n" + strings.Join(facts, " ") + "\n")
	}
}

// facts says who may use a command and when.
func facts(c *dispatch.Command) (all []string) {
	switch c.Phase {
	case dispatch.AnyPhase:
		all = append(all, "Also before registration.")
	case dispatch.Unregistered:
		all = append(all, "Only before registration.")
	}
	if c.Privileged {
		all = append(all, "Needs the privilege `"+c.Oper.String()+"`.")
	}
	if c.Spec != "" {
		all = append(all, "Specified by "+link(c.Spec)+".")
	}
	return all
}
