package dispatch

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/lang"
)

// A finding is the command, or subcommand, that words name. It is nil if there is
// none of that name.
type finding struct {
	*Command
	parent *Command
	name   string   // in full
	rest   []string // of the words
}

// find returns the command that words begin with. For help, a subcommand is named
// directly behind its command, wherever it stands in use.
func (t Table) find(words []string, help bool) (f finding) {
	f.rest = words
	for at := 0; at < len(f.rest); {
		word := strings.ToUpper(f.rest[at])
		next := t[word]
		if next == nil && f.Command != nil {
			break
		}
		f.name = strings.TrimSpace(f.name + " " + word)
		f.rest = slices.Delete(slices.Clone(f.rest), at, at+1)
		if f.parent, f.Command = f.Command, next; next == nil {
			break
		}
		if t, at = next.Subcommands, next.Selector; help {
			at = 0
		}
	}
	return f
}

// synopsis returns how the command is used.
func (f finding) synopsis() string {
	name, c := f.name, f.Command
	if f.parent != nil && f.parent.Selector > 0 {
		return f.parent.Synopsis(c)
	}
	if c.Run == nil && c.Usage == "" {
		var all []string
		for _, sub := range c.Subcommands.Sorted() {
			all = append(all, sub.Name)
		}
		return name + " {" + strings.Join(all, "|") + "}"
	}
	return strings.TrimSpace(name + " " + c.Usage)
}

func (r *Request) serviceHelp(v *Service, words []string) {
	if len(words) > 0 {
		f := v.Commands.find(words, true)
		name, c := f.name, f.Command
		if c == nil || c.Privileged && !r.May(c.Oper) {
			r.Notice("There is no command %s. HELP lists them all.", name)
			return
		}
		r.Notice(lang.Verbatim, f.synopsis())
		for _, line := range c.Lines() {
			r.Notice(lang.Verbatim, line)
		}
		r.list(c.Subcommands.Sorted(), name+" ")
		return
	}
	r.Notice(v.About)
	r.Notice("Commands; HELP <command> says more:")
	if len(v.Groups) == 0 {
		r.list(v.Commands.Sorted(), "")
		return
	}
	for _, g := range v.Grouped() {
		var some []*Command
		for _, name := range g.Commands {
			if c := v.Commands[name]; !c.Privileged || r.May(c.Oper) {
				some = append(some, c)
			}
		}
		switch {
		case len(some) == 0:
			continue
		case g.Title != "":
			r.Notice(g.Title)
		default:
			r.Notice("Others:")
		}
		r.list(some, "")
	}
}

// list lists the commands that the client may use.
func (r *Request) list(all []*Command, within string) {
	for _, c := range all {
		if !c.Privileged || r.May(c.Oper) {
			r.Notice("%s  %s", within+c.Name, c.About())
		}
	}
}
