package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/migrate/writer"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/store"
)

// past imports what was said on another server, or tries to in memory.
func (i importCommand) past(cfg *config.Config, w world, s source, in io.Reader) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	st, log, done, err := i.archive(ctx, cfg, w)
	if err != nil {
		return err
	}
	if log == nil {
		return errors.Join(errors.New("no history is kept: history.enabled is false"), done())
	}
	o, err := server.Migration(ctx, cfg, st)
	if err != nil {
		return errors.Join(err, done())
	}
	h, err := writer.NewHistorian(ctx, o, log)
	if err != nil {
		return errors.Join(err, done())
	}
	left, err := s.said(in, func(x *migrate.Said) error { return errors.Join(h.Add(ctx, x), ctx.Err()) })
	if err != nil {
		err = fmt.Errorf("the import has stopped; repeat it, and it goes on: %w", err)
	}
	err = errors.Join(err, h.Close(context.Background()), done())
	verb := "imported"
	if i.DryRun {
		verb = "would import"
	}
	fmt.Fprintf(w.out, "%s %d messages and events; %d are there already, or more than the history may have\n", verb, h.Added, h.There)
	fmt.Fprintf(w.out, "left out: %d of conversations with somebody who has no account here, %d of kinds that are not kept\n", h.Strange, left)
	return err
}

// archive returns the records and the history that an import goes to, and what is to be
// done at its end.
func (i importCommand) archive(ctx context.Context, cfg *config.Config, w world) (store.Store, history.Log, func() error, error) {
	if i.DryRun {
		st, err := scratch(ctx, cfg, w)
		if err != nil || !cfg.History.Enabled {
			return st, nil, func() error { return nil }, err
		}
		log := history.New(server.HistoryOptions(cfg, time.Now))
		return st, log, func() error { return errors.Join(log.Close(), st.Close()) }, nil
	}
	o, err := openOffline(cfg, w)
	if err != nil {
		return nil, nil, nil, err
	}
	return o.Store, o.History, o.Close, nil
}
