package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/migrate/writer"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/server/control"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/transfer"
)

// migrate imports what another server has kept, or tries to in memory.
func (i importCommand) migrate(cfg *config.Config, w world, origin string, n *migrate.Network) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	st, done, err := i.store(ctx, cfg, w)
	if err != nil {
		return err
	}
	o, err := server.Migration(ctx, cfg, st)
	if err != nil {
		return errors.Join(err, done(ctx, false))
	}
	bar := newBar(w)
	o.Origin, o.Progress = origin, bar.show
	if i.DryRun {
		o.Accounts.Hash = password.Cheap // nobody will log in by them
	}
	report, err := writer.Write(ctx, n, o)
	bar.end()
	if err != nil {
		err = fmt.Errorf("the import has stopped; repeat it, and it goes on: %w", err)
	}
	err = errors.Join(err, done(context.Background(), err == nil))
	return errors.Join(err, i.tell(w, report))
}

// store returns where an import goes, and what is to be done at its end.
func (i importCommand) store(ctx context.Context, cfg *config.Config, w world) (st store.Store, done func(context.Context, bool) error, err error) {
	if i.DryRun {
		st, err = scratch(ctx, cfg, w)
		return st, func(context.Context, bool) error { return st.Close() }, err
	}
	o, err := openOffline(cfg, w)
	if err != nil {
		return nil, nil, err
	}
	return o.Store, func(ctx context.Context, whole bool) error {
		if whole {
			return errors.Join(o.Check(ctx), o.Close())
		}
		return o.Close()
	}, nil
}

// scratch returns a copy of the records in memory: of those of the running server or, if
// there is none, of those in its folder.
func scratch(ctx context.Context, cfg *config.Config, w world) (store.Store, error) {
	r, pipe := io.Pipe()
	go func() {
		_, err := control.Stream(cfg.Server.DataDir, control.Request{Command: "export", Name: "records"}, pipe)
		pipe.CloseWithError(err)
	}()
	to, err := writer.Empty()
	if err != nil {
		return nil, err
	}
	err = transfer.Import(ctx, r, &transfer.Sink{Data: transfer.Data{Store: to}})
	if err == nil {
		return to, nil
	}
	if err = errors.Join(err, to.Close()); !errors.Is(err, control.ErrNotRunning) {
		return nil, err
	}
	if _, err := os.Stat(cfg.Server.DataDir); errors.Is(err, os.ErrNotExist) {
		return writer.Empty() // trying leaves nothing behind
	}
	o, err := openOffline(cfg, w)
	if err != nil {
		return nil, err
	}
	st, err := writer.Scratch(ctx, o.Store)
	return st, errors.Join(err, o.Close())
}

// tell says what was imported, and what was not.
func (i importCommand) tell(w world, r writer.Report) error {
	verb := "imported"
	if i.DryRun {
		verb = "would import"
	}
	for _, c := range r.Kinds {
		fmt.Fprintf(w.out, "%s %d of %d %s", verb, c.Added, c.Found, c.Kind)
		if c.There > 0 {
			fmt.Fprintf(w.out, "; %d are there already", c.There)
		}
		fmt.Fprintln(w.out)
	}
	if len(r.Kinds) == 0 {
		fmt.Fprintln(w.out, "there is nothing to import")
	}
	if i.DryRun {
		fmt.Fprintln(w.out, "Nothing was changed.")
	}
	groups := grouped(r.Notes)
	if len(groups) == 0 {
		return nil
	}
	fmt.Fprintln(w.out, "\nNot carried over, or not as a whole:")
	for _, g := range groups {
		fmt.Fprintln(w.out, g.text(examples))
	}
	if i.Report == "" {
		return nil
	}
	return i.write(groups)
}

// write writes all that was not carried over to a file that must not exist.
func (i importCommand) write(groups []*group) error {
	f, err := os.OpenFile(i.Report, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	for _, g := range groups {
		for _, name := range g.names {
			fmt.Fprintf(f, "%s\t%s\t%s\n", g.kind, name, g.why)
		}
	}
	return f.Close()
}

// examples is how many names are shown of those that share a reason.
const examples = 8

// A group is what was not carried over for the same reason.
type group struct {
	kind, why string
	names     []string
}

// grouped puts notes of the same kind and reason together, the largest group first.
func grouped(notes []migrate.Note) (groups []*group) {
	by := map[[2]string]*group{}
	for _, n := range notes {
		key := [2]string{n.Kind, n.Why}
		if by[key] == nil {
			by[key] = &group{kind: n.Kind, why: n.Why}
			groups = append(groups, by[key])
		}
		by[key].names = append(by[key].names, n.Name)
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), len(b.names)-len(a.names))
	})
	return groups
}

func (g *group) text(most int) string {
	names, more := g.names, ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(" and %d more", len(g.names)-most)
	}
	return fmt.Sprintf("  %s %s%s: %s", g.kind, strings.Join(names, ", "), more, g.why)
}
