package dispatch

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Command is a client command, or a subcommand of one.
type Command struct {
	Name  string
	Usage string // "<channel> [<topic>]": parameters in brackets are optional
	Help  lang.Text
	Words []any // what the verbs of Help stand for, if it has any
	// More is further help, one line each, and Rows what follows it as a table.
	More []lang.Text
	Rows []lang.Phrase
	// Spec is where the command is specified, if not in Modern IRC.
	Spec  string
	Phase Phase
	// Oper is the privilege that the command needs, if Privileged.
	Privileged bool
	Oper       privs.Privilege
	// Always means that also those can use it who are shunned.
	Always bool
	// Cost is what the command takes from the flood budget; 0 is 1.
	Cost int
	// Server is the number of the parameter, from 1, that names the server which is to
	// answer; 0 means that each answers its own clients alone.
	Server int
	// Quiet means that missing parameters are answered by the command itself.
	Quiet bool
	// Flows means that a client which sends many lines of it in a row does not give
	// way to others in between.
	Flows bool
	// Light means that the command takes next to nothing, so that it need not wait while
	// many do what takes longer.
	Light bool
	// Subcommands are found by the parameter of number Selector, from 0. Their
	// Usage is that of the other parameters; Run is for those that do not exist.
	Subcommands Table
	Selector    int
	Run         func(r *Request) error

	used *atomic.Uint64 // how often it was given
}

// Used returns how often the command was given to this server.
func (c *Command) Used() uint64 { return c.used.Load() }

// A Phase is when a command may be used.
type Phase uint8

const (
	Registered   Phase = iota // after registration
	AnyPhase                  // before and after
	Unregistered              // before, only
)

// About returns what the command does.
func (c *Command) About() lang.Phrase { return c.Help.With(c.Words...) }

// Lines returns all that is said of the command beside its usage, one line each.
func (c *Command) Lines() []lang.Phrase {
	lines := []lang.Phrase{c.About()}
	for _, text := range c.More {
		lines = append(lines, text.With())
	}
	return append(lines, c.Rows...)
}

// MinParams is the number of required parameters in Usage.
func (c *Command) MinParams() (n int) {
	for p := range strings.FieldsSeq(c.Usage) {
		if p[0] == '[' {
			break
		}
		n++
	}
	return n
}

// subcommand returns the one that m is about, or nil.
func (c *Command) subcommand(m *wire.Message) *Command {
	if c == nil || c.Subcommands == nil || c.Selector >= len(m.Params) {
		return nil
	}
	return c.Subcommands[strings.ToUpper(m.Params[c.Selector])]
}

// Synopsis is how a subcommand of c is written.
func (c *Command) Synopsis(sub *Command) string {
	words := append([]string{c.Name}, strings.Fields(sub.Usage)...)
	return strings.Join(slices.Insert(words, min(c.Selector+1, len(words)), sub.Name), " ")
}

// A Table is commands by name, in capitals.
type Table map[string]*Command

// Add adds a command, which can be called by other names, too. It panics if there is one
// of that name, because tables are written by us.
func (t Table) Add(c Command, others ...string) bool {
	if t[c.Name] != nil {
		panic("command declared twice: " + c.Name)
	}
	c.used = new(atomic.Uint64)
	t[c.Name] = &c
	return t.Alias(c.Name, others...)
}

// Copy returns a table of the same commands, which counts for itself.
func (t Table) Copy() Table {
	copies, all := map[*Command]*Command{}, Table{}
	for name, c := range t {
		if copies[c] == nil {
			x := *c
			x.used = new(atomic.Uint64)
			copies[c] = &x
		}
		all[name] = copies[c]
	}
	return all
}

// Alias lets a command be called by other names, too.
func (t Table) Alias(name string, others ...string) bool {
	for _, other := range others {
		if t[name] == nil || t[other] != nil {
			panic("not an alias: " + other)
		}
		t[other] = t[name]
	}
	return true
}

// Sorted returns the commands in the order of their names, each once.
func (t Table) Sorted() []*Command {
	all := make([]*Command, 0, len(t))
	for _, c := range t {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *Command) int { return strings.Compare(a.Name, b.Name) })
	return slices.Compact(all)
}
