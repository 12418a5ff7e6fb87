package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/migrate/anope"
	"github.com/parley-irc/parley/ircd/migrate/atheme"
	"github.com/parley-irc/parley/ircd/migrate/ergo"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/transfer"
)

type importCommand struct {
	Files   []string `arg:"" name:"file" help:"The file to read; - is the standard input. Anope keeps one for each of its modules besides."`
	From    string   `placeholder:"SOURCE" help:"What has written it: ${sources}. Without it, that is found out."`
	DryRun  bool     `help:"Only tell what would be imported, and what would not. The server may run."`
	Report  string   `placeholder:"FILE" help:"Write there what was not carried over, all of it: on the terminal there are only examples."`
	Replace bool     `help:"Replace records that are there already, if the file is an export of Parley. Without it they stay as they are."`
}

// A source is a form that data comes in.
type source struct {
	name, help string
	like       func(head []byte) bool
	// read reads what another server has kept; nil, without said: the file is an export of
	// Parley.
	read    func(r io.Reader) (*migrate.Network, error)
	several bool // files belong together
	// said reads what was said; nil: the file is no history.
	said func(r io.Reader, f func(*migrate.Said) error) (left int, err error)
}

var sources = []source{
	{name: "parley", help: "what \"ircd export\" has written", like: transfer.Like},
	{name: "ergo", help: "the database of Ergo: ircd.db", like: ergo.Like, read: ergo.Read},
	{name: "ergo-history", help: "the history of Ergo as JSON; the manual has the command that writes it", like: ergo.LikeHistory, said: ergo.ReadHistory},
	{name: "anope", help: "the databases of Anope: anope.db and module_*.db (db_flatfile), or anope.json and *.module.json (db_json)", like: anope.Like, read: anope.Read, several: true},
	{name: "atheme", help: "the database of Atheme: services.db", like: atheme.Like, read: atheme.Read},
}

// Help is shown by "ircd import --help".
func (importCommand) Help() string {
	var b strings.Builder
	b.WriteString("It adds what is in a file to the data folder. The server must not run. Nothing that is there already is touched, and importing a file again changes nothing; so it can be repeated when it was interrupted.\n\nSources:\n")
	for _, s := range sources {
		fmt.Fprintf(&b, "  %-12s %s\n", s.name, s.help)
	}
	b.WriteString("\nExamples:\n  ircd import parley.jsonl\n  ircd import --dry-run --report left-out.txt ircd.db\n  ircd import anope.db module_*.db")
	return b.String()
}

// sourceNames are the names of the sources, for the help.
func sourceNames() string {
	var names []string
	for _, s := range sources {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// Run imports a file.
func (i importCommand) Run(c *cli, w world) error {
	cfg, err := config.Load(c.path(), w.env)
	if err != nil {
		return err
	}
	if err := server.Member(cfg.Server.DataDir); err != nil {
		return fmt.Errorf("%w; records are agreed upon there, so import them on the first server before others join", err)
	}
	f, done, err := i.open(w)
	if err != nil {
		return err
	}
	defer done()
	in := bufio.NewReaderSize(f, 64<<10)
	s, err := i.source(in)
	if err != nil {
		return err
	}
	if len(i.Files) > 1 && !s.several {
		return fmt.Errorf("%s is one file; import the others one by one", s.name)
	}
	if s.said != nil {
		return i.past(cfg, w, s, in)
	}
	if s.read == nil {
		if head, _ := in.Peek(enough); !s.like(head) {
			return fmt.Errorf("%s: %w", i.Files[0], transfer.ErrForm)
		}
		return i.restore(cfg, w, in)
	}
	n, err := s.read(in)
	if err != nil {
		return fmt.Errorf("%s: %w", i.Files[0], err)
	}
	return i.migrate(cfg, w, s.name, n)
}

// open opens the files, to be read one after the other.
func (i importCommand) open(w world) (in io.Reader, done func(), err error) {
	var files []io.Reader
	done = func() {
		for _, f := range files {
			f.(*os.File).Close()
		}
	}
	if len(i.Files) == 1 && i.Files[0] == "-" {
		return w.in, done, nil
	}
	for _, name := range i.Files {
		f, err := os.Open(name)
		if err != nil {
			done()
			return nil, nil, err
		}
		files = append(files, f)
	}
	return io.MultiReader(files...), done, nil
}

// enough is how much of a file tells what it is, in bytes.
const enough = 4096

// source returns the form of a file: the one that was named, or the one it begins like.
func (i importCommand) source(in *bufio.Reader) (source, error) {
	if i.From != "" {
		k := slices.IndexFunc(sources, func(s source) bool { return s.name == i.From })
		if k < 0 {
			return source{}, fmt.Errorf("there is no source %q; there are: %s", i.From, sourceNames())
		}
		return sources[k], nil
	}
	head, err := in.Peek(enough)
	if err != nil && err != io.EOF {
		return source{}, err
	}
	for _, s := range sources {
		if s.like(head) {
			return s, nil
		}
	}
	return source{}, fmt.Errorf("%s is nothing that can be imported; there are: %s", i.Files[0], sourceNames())
}

// restore imports an export of Parley.
func (i importCommand) restore(cfg *config.Config, w world, in io.Reader) error {
	ctx := context.Background()
	if i.DryRun {
		return i.tryRestore(ctx, cfg, w, in)
	}
	o, err := openOffline(cfg, w)
	if err != nil {
		return err
	}
	to := &transfer.Sink{Data: o.Data, Replace: i.Replace}
	err = transfer.Import(ctx, in, to)
	for _, note := range to.Notes {
		fmt.Fprintln(w.err, "ircd:", note)
	}
	if err == nil {
		err = o.Check(ctx)
	}
	fmt.Fprintf(w.out, "imported %d records, and %d messages and events; %d and %d were there already, or are not kept\n",
		to.Added.Records, to.Added.Events, to.There.Records, to.There.Events)
	return errors.Join(err, o.Close())
}

// tryRestore tells what restore would do.
func (i importCommand) tryRestore(ctx context.Context, cfg *config.Config, w world, in io.Reader) error {
	st, err := scratch(ctx, cfg, w)
	if err != nil {
		return err
	}
	to := &transfer.Sink{Data: transfer.Data{Store: st}, Replace: i.Replace}
	err = transfer.Import(ctx, in, to)
	for _, note := range to.Notes {
		fmt.Fprintln(w.err, "ircd:", note)
	}
	fmt.Fprintf(w.out, "would import %d records; %d are there already. There are %d messages and events in the file. Nothing was changed.\n",
		to.Added.Records, to.There.Records, to.There.Events)
	return errors.Join(err, st.Close())
}
