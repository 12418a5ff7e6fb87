package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/server/control"
	"github.com/parley-irc/parley/ircd/transfer"
)

type exportCommand struct {
	File string `arg:"" help:"The file to write; it must not exist. - is the standard output."`
	Only string `enum:"all,records,history" default:"all" help:"What to export: records (accounts, channels and what else is in parley.db), history, or all."`
}

// Help is shown by "ircd export --help".
func (exportCommand) Help() string {
	return `It writes all that the server keeps, a line of JSON each: docs/manual/backup.md describes them. The server may run, and need not. The file holds secrets, such as hashes of passwords: only you can read it.

Examples:
  ircd export parley.jsonl
  ircd export - | zstd > /backup/parley-$(date +%F).jsonl.zst`
}

// Run exports what the running server keeps or, if there is none, what is in its folder.
func (e exportCommand) Run(c *cli, w world) (err error) {
	cfg, err := config.Load(c.path(), w.env)
	if err != nil {
		return err
	}
	out, done, err := e.open(w)
	if err != nil {
		return err
	}
	said, err := e.write(cfg, w, out)
	if err = errors.Join(err, done(err == nil)); err != nil {
		return err
	}
	fmt.Fprintln(w.err, said)
	return nil
}

// open opens the file. A file that has not been written to its end is removed.
func (e exportCommand) open(w world) (out io.Writer, done func(whole bool) error, err error) {
	if e.File == "-" {
		return w.out, func(bool) error { return nil }, nil
	}
	f, err := os.OpenFile(e.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return f, func(whole bool) error {
		if !whole {
			return errors.Join(f.Close(), os.Remove(e.File))
		}
		return errors.Join(f.Sync(), f.Close())
	}, nil
}

func (e exportCommand) write(cfg *config.Config, w world, out io.Writer) (said string, err error) {
	what := map[string]string{"records": "records", "history": "history"}[e.Only]
	lines, err := control.Stream(cfg.Server.DataDir, control.Request{Command: "export", Name: what}, out)
	if err == nil && len(lines) > 0 {
		return "exported " + lines[0], nil
	}
	if !errors.Is(err, control.ErrNotRunning) {
		return "", err
	}
	o, err := openOffline(cfg, w)
	if err != nil {
		return "", err
	}
	counts, err := transfer.Export(context.Background(), o.Data, server.ExportOptions(what, cfg.Server.Name, version()), out)
	if err = errors.Join(err, o.Close()); err != nil {
		return "", err
	}
	return "exported " + server.Exported(counts), nil
}

// openOffline opens the data folder of a server that does not run, and says what was wrong
// with it.
func openOffline(cfg *config.Config, w world) (*server.Offline, error) {
	o, err := server.OpenOffline(cfg, slog.New(slog.NewTextHandler(w.err, nil)))
	for _, text := range o.Damage {
		fmt.Fprintln(w.err, "ircd:", text)
	}
	return o, err
}
