package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/transfer"
)

type importCommand struct {
	File    string `arg:"" help:"The file to read. - is the standard input."`
	From    string `default:"parley" placeholder:"SOURCE" help:"What has written it: ${sources}."`
	Replace bool   `help:"Replace records that are there already. Without it they stay as they are."`
}

// Help is shown by "ircd import --help".
func (importCommand) Help() string {
	var b strings.Builder
	b.WriteString("It adds what is in a file to the data folder. The server must not run. Importing a file again changes nothing.\n\nSources:\n")
	for _, s := range transfer.Sources {
		fmt.Fprintf(&b, "  %-10s %s\n", s.Name, s.Help)
	}
	b.WriteString("\nExample:\n  ircd import parley.jsonl")
	return b.String()
}

// sources are the names of the sources, for the help.
func sources() string {
	var names []string
	for _, s := range transfer.Sources {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

// Run imports a file.
func (i importCommand) Run(c *cli, w world) error {
	source := transfer.Named(i.From)
	if source == nil {
		return fmt.Errorf("there is no source %q; there are: %s", i.From, sources())
	}
	cfg, err := config.Load(c.path(), w.env)
	if err != nil {
		return err
	}
	in, err := i.open(w)
	if err != nil {
		return err
	}
	defer in.Close()
	o, err := openOffline(cfg, w)
	if err != nil {
		return err
	}
	to := &transfer.Sink{Data: o.Data, Replace: i.Replace}
	err = source.Import(context.Background(), in, to)
	for _, note := range to.Notes {
		fmt.Fprintln(w.err, "ircd:", note)
	}
	if err == nil {
		err = o.Check(context.Background())
	}
	fmt.Fprintf(w.out, "imported %d records, and %d messages and events; %d and %d were there already, or are not kept\n",
		to.Added.Records, to.Added.Events, to.There.Records, to.There.Events)
	return errors.Join(err, o.Close())
}

func (i importCommand) open(w world) (io.ReadCloser, error) {
	if i.File == "-" {
		return w.in, nil
	}
	return os.Open(i.File)
}
