package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
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
	room := wire.MaxBody - len(":  705   :\r\n") - len(r.Server.Name()) - len(r.Name()) - len(subject)
	for _, text := range lines[1:] {
		for _, line := range r.Lines(text, room) {
			r.Reply(numerics.HelpText.With(subject).Fmt(line))
		}
	}
	r.Reply(numerics.HelpEnd.With(subject))
	return nil
}

// helpOn returns the lines about a subject, nil if there is none of that name.
func helpOn(r *dispatch.Request, subject string) []lang.Phrase {
	switch subject {
	case "", "INDEX":
		return helpIndex(r)
	case "CMODES":
		return helpModes("Channel modes: /MODE #channel +letters", r.Server.Network.World.Modes)
	case "UMODES":
		return helpModes("User modes: /MODE your-nick +letters", r.Server.Network.UserModes)
	case "EXTBAN", "EXTBANS":
		return helpExtbans()
	case "SNOMASK", "SNOMASKS":
		return helpSnomasks()
	}
	c := r.Server.Commands[subject]
	if c == nil {
		return nil
	}
	lines := append([]lang.Phrase{lang.Verbatim.With(strings.TrimSpace(c.Name + " " + c.Usage))}, c.Lines()...)
	if c.Privileged {
		lines = append(lines, lang.Text("For operators with the privilege %s.").With(c.Oper))
	}
	for _, sub := range c.Subcommands.Sorted() {
		lines = append(lines, row.With(c.Synopsis(sub), sub.About()))
	}
	return lines
}

// row is what is written, and what it does.
const row lang.Text = "%s  %s"

func helpIndex(r *dispatch.Request) []lang.Phrase {
	lines := []lang.Phrase{lang.Text("Commands; /HELP <command> says more. Subjects: CMODES, UMODES, EXTBAN, SNOMASKS.").With()}
	line := ""
	for _, c := range r.Server.Commands.Sorted() {
		if c.Privileged && !r.May(c.Oper) {
			continue
		}
		if line = strings.TrimSpace(line + " " + c.Name); len(line) > 60 {
			lines, line = append(lines, lang.Verbatim.With(line)), ""
		}
	}
	return append(lines, lang.Verbatim.With(line))
}

func helpModes(title lang.Text, t *modes.Table) []lang.Phrase {
	lines := []lang.Phrase{title.With()}
	for _, m := range t.Rows {
		lines = append(lines, row.With(strings.TrimSpace(string(m.Letter)+" "+m.Syntax), m.Help))
	}
	return lines
}

func helpExtbans() []lang.Phrase {
	lines := []lang.Phrase{lang.Text("Extended bans, for channel modes b, e and I").With()}
	for _, x := range extban.Rows() {
		lines = append(lines, row.With(x.Usage, x.Help))
	}
	return lines
}

func helpSnomasks() []lang.Phrase {
	lines := []lang.Phrase{lang.Text("Notices for operators: /MODE your-nick +s letters").With()}
	for _, m := range modes.Snomasks() {
		lines = append(lines, row.With(string(m.Letter), m.Help))
	}
	return lines
}
