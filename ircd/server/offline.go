package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/cloak"
	"github.com/parley-irc/parley/ircd/dispatch"
	historybunt "github.com/parley-irc/parley/ircd/history/bunt"
	"github.com/parley-irc/parley/ircd/migrate/writer"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
	"github.com/parley-irc/parley/ircd/transfer"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// An Offline is what is in the data folder of a server that does not run, for commands of
// the operator. It has the folder's lock.
type Offline struct {
	transfer.Data
	// Damage is what was wrong with the files, and has been repaired; for people.
	Damage []string

	config  *config.Config
	folder  *folder
	store   *bunt.Store
	history *historybunt.Log
}

// OpenOffline opens the data folder of a configuration, as the server does when it starts:
// files that are damaged are kept aside, and repaired.
func OpenOffline(c *config.Config, log *slog.Logger) (o *Offline, err error) {
	o = &Offline{config: c}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.Close())
		}
	}()
	if o.folder, err = openFolder(c.Server.DataDir); err != nil {
		return o, err
	}
	if o.store, err = bunt.Open(o.folder.file(storeName)); err != nil {
		return o, fmt.Errorf("open the records: %w", err)
	}
	if d := o.store.Damage(); d != nil {
		o.Damage = append(o.Damage, d.String())
	}
	o.Store = o.store
	if !c.History.Enabled {
		return o, nil
	}
	options := historybunt.Options{Options: HistoryOptions(c, time.Now), Log: log}
	if o.history, err = historybunt.Open(o.folder.file(historyName), options); err != nil {
		return o, fmt.Errorf("open the history: %w", err)
	}
	if d := o.history.Damage(); d != nil {
		o.Damage = append(o.Damage, d.String())
	}
	o.History = o.history
	return o, nil
}

// Check reports whether the server could start with the records there are.
func (o *Offline) Check(ctx context.Context) error {
	options := AccountOptions(o.config, time.Now)
	a, err := accounts.Open(ctx, o.store, options)
	if err != nil {
		return fmt.Errorf("the accounts do not read: %w", err)
	}
	a.Close()
	ch, err := chanreg.Open(ctx, o.store, options.Names, slog.Default())
	if err != nil {
		return fmt.Errorf("the channels do not read: %w", err)
	}
	ch.Close()
	b, err := bans.Open(ctx, o.store, options.Names, SID(o.config.Server.Name), slog.Default())
	if err != nil {
		return fmt.Errorf("the bans do not read: %w", err)
	}
	b.Close()
	h, err := vhosts.Open(ctx, o.store, options.Names, slog.Default())
	if err != nil {
		return fmt.Errorf("the hosts of accounts do not read: %w", err)
	}
	h.Close()
	return nil
}

// Migration says where what comes from another server goes: into st, which is the store of
// a server with this configuration or a copy of it.
func Migration(ctx context.Context, c *config.Config, st store.Store) (o writer.Options, err error) {
	secret, err := cloakSecret(ctx, st, c.Cloak.Secret)
	if err != nil {
		return o, err
	}
	hosts, a := cloak.New(secret, c.Cloak.Suffix), AccountOptions(c, time.Now)
	return writer.Options{
		Store: st, Config: c, Accounts: a, SID: SID(c.Server.Name),
		Service: dispatch.Reserves(a.Names, nil),
		Cloak:   func(account string) string { return hosts.Cloak(netip.Addr{}, "account "+account) },
	}, nil
}

// Close makes durable what is not, and unlocks the folder.
func (o *Offline) Close() (err error) {
	if o.history != nil {
		err = o.history.Close()
	}
	if o.store != nil {
		err = errors.Join(err, o.store.Close())
	}
	if o.folder != nil {
		o.folder.close()
	}
	return err
}

// export writes what the running server keeps.
func (s *Server) export(ctx context.Context, what string, data io.Writer) ([]string, error) {
	o := ExportOptions(what, s.Core.Name(), s.options.Version)
	d := transfer.Data{Store: s.store}
	if s.history != nil {
		d.History = s.history
	}
	counts, err := transfer.Export(ctx, d, o, data)
	if err != nil {
		return nil, err
	}
	s.Log.Info("exported", "by", "control socket", "records", counts.Records, "events", counts.Events)
	return []string{Exported(counts)}, nil
}

// ExportOptions says what is exported: "records", "history", or all if it is "".
func ExportOptions(what, server, program string) transfer.Options {
	return transfer.Options{Server: server, Program: program, Records: what != "history", Events: what != "records"}
}

// Exported says how much was exported.
func Exported(c transfer.Counts) string {
	return fmt.Sprintf("%d records, and %d messages and events", c.Records, c.Events)
}
