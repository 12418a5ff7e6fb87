package main

import (
	"strings"

	"github.com/alecthomas/kong"

	"github.com/parley-irc/parley/ircd/roff"
)

// manual returns the manual page ircd(8), made from the command line.
func manual() (string, error) {
	parser, err := kong.New(&cli{}, options(world{})...)
	if err != nil {
		return "", err
	}
	p := roff.New("ircd", "8", "the Parley IRC server", "Parley")
	p.Section("Synopsis")
	p.Para("`ircd` [‹command›] [‹flags›]")
	p.Section("Description")
	p.Para(strings.Split(description, "\n\nExit codes")[0])
	for _, f := range parser.Model.Flags {
		flagItem(p, f)
	}
	p.Section("Commands")
	for _, n := range parser.Model.Leaves(true) {
		commandPart(p, n)
	}
	p.Section("Signals")
	for _, s := range [...][2]string{
		{"HUP", "Reads the configuration, the certificates and the texts again."},
		{"TERM, INT", "Lets no new clients in, tells those who are connected and disconnects them, writes the records, and ends; within a few seconds."},
		{"INT, a second time", "Ends at once."},
	} {
		p.Item("`"+s[0]+"`", s[1])
	}
	p.Section("Exit status")
	for _, s := range [...][2]string{
		{"0", "It is done, or the server stopped in order."},
		{"1", "It could not be done: the port is taken, the data folder is in use, a file cannot be written, no server runs."},
		{"2", "The configuration or the command line is wrong; trying again is of no use."},
		{"130", "Interrupted a second time."},
	} {
		p.Item("`"+s[0]+"`", s[1])
	}
	p.Section("Environment")
	p.Item("`PARLEY__SECTION__KEY`", "Overrides a key of the configuration; see `parley.toml`(5).")
	p.Item("`NOTIFY_SOCKET`", "Where the service manager is told that the server is ready, reloading or stopping; see `systemd.service`(5), Type=notify.")
	p.Section("Files")
	p.Item("`parley.toml`", "The configuration, if there is one in the working folder and `--config` names no other.")
	p.Item("`data/`", "What the server keeps, and its control socket, unless `data-dir` in the configuration names another folder.")
	p.Section("See also")
	p.Para("`parley.toml`(5), `systemctl`(1). The manual is at /usr/share/doc/parley or in the folder docs of the source.")
	return p.String(), nil
}

// commandPart describes a command with its flags and examples.
func commandPart(p *roff.Page, n *kong.Node) {
	title := strings.TrimPrefix(n.Path(), "ircd ")
	for _, a := range n.Positional {
		title += " " + a.Summary()
	}
	p.Part(title)
	text, examples := details(n)
	p.Para(strings.TrimSpace(n.Help + "\n\n" + text))
	for _, f := range n.Flags {
		flagItem(p, f)
	}
	if examples != "" {
		p.Example(examples)
	}
}

// details returns what the long help of a command says, and its examples apart.
func details(n *kong.Node) (text, examples string) {
	for _, name := range []string{"Examples:\n", "Example:\n"} {
		if text, examples, ok := strings.Cut(n.Detail, name); ok {
			return strings.TrimSpace(text), examples
		}
	}
	return n.Detail, ""
}

func flagItem(p *roff.Page, f *kong.Flag) {
	name := "`--" + f.Name + "`"
	if f.Short != 0 {
		name = "`-" + string(f.Short) + "`, " + name
	}
	if !f.IsBool() {
		name += "=‹" + f.FormatPlaceHolder() + "›"
	}
	p.Item(name, f.Help)
}
