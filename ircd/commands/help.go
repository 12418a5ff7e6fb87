package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:  "HELP",
		Usage: "[<subject>]",
		Help:  "Shows how a command, or a subject such as CMODES, is used.",
		Run:   help,
	})
	_ = add(dispatch.Command{
		Name:  "HELPOP",
		Usage: "[<subject>]",
		Help:  "The same as HELP.",
		Run:   help,
	})
)

func help(r *dispatch.Request) error {
	subject := strings.ToUpper(r.Param(0))
	lines := helpOn(r, subject)
	if lines == nil {
		return numerics.HelpNotFound.With(word(r.Param(0)))
	}
	if subject == "" {
		subject = "INDEX"
	}
	r.Reply(numerics.HelpStart.With(subject).Fmt(lines[0]))
	for _, line := range lines[1:] {
		r.Reply(numerics.HelpText.With(subject).Fmt(line))
	}
	r.Reply(numerics.HelpEnd.With(subject).Fmt("End of /HELP"))
	return nil
}

// helpOn returns the lines about a subject, nil if there is none of that name.
func helpOn(r *dispatch.Request, subject string) []string {
	switch subject {
	case "", "INDEX":
		return helpIndex(r)
	case "CMODES":
		return helpModes("Channel modes: /MODE #channel +letters", r.Server.Network.World.Modes)
	case "UMODES":
		return helpModes("User modes: /MODE your-nick +letters", r.Server.Network.UserModes)
	case "EXTBAN", "EXTBANS":
		return helpExtbans()
	}
	c := r.Server.Commands[subject]
	if c == nil {
		return nil
	}
	lines := []string{strings.TrimSpace(c.Name + " " + c.Usage), string(c.Help)}
	for _, line := range c.More {
		lines = append(lines, string(line))
	}
	if c.Privileged {
		lines = append(lines, "For operators with the privilege "+c.Oper.String()+".")
	}
	for _, sub := range c.Subcommands.Sorted() {
		lines = append(lines, c.Synopsis(sub)+"  "+string(sub.Help))
	}
	return lines
}

func helpIndex(r *dispatch.Request) []string {
	lines := []string{"Commands; /HELP <command> says more. Subjects: CMODES, UMODES, EXTBAN."}
	line := ""
	for _, c := range r.Server.Commands.Sorted() {
		if c.Privileged && !r.May(c.Oper) {
			continue
		}
		if line = strings.TrimSpace(line + " " + c.Name); len(line) > 60 {
			lines, line = append(lines, line), ""
		}
	}
	return append(lines, line)
}

func helpModes(title string, t *modes.Table) []string {
	lines := []string{title}
	for _, m := range t.Rows {
		text := string(m.Letter) + "  " + string(m.Help)
		if m.Syntax != "" {
			text = string(m.Letter) + " " + m.Syntax + "  " + string(m.Help)
		}
		lines = append(lines, text)
	}
	return lines
}

func helpExtbans() []string {
	lines := []string{"Extended bans, for channel modes b, e and I"}
	for _, row := range extban.Rows() {
		lines = append(lines, row.Usage+"  "+string(row.Help))
	}
	return lines
}
