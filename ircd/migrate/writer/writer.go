// Package writer makes durable what comes from another server. Nothing that is here
// already is touched: a name, a nick, a channel, a certificate, and whatever looks like
// one of them, stays with whom it belongs to.
//
// What belongs to one account becomes durable in one moment, and so does what belongs to
// one channel. An import that was interrupted can therefore be repeated: it goes on where
// it stopped, since what is there from it is found again.
package writer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// Options say where things go, and what the server allows.
type Options struct {
	Store    store.Store
	Config   *config.Config
	Accounts accounts.Options
	SID      string
	Origin   string // the name of the form that is read
	// Service reports whether a name is that of a service.
	Service func(name string) bool
	// Cloak returns the host of the user of an account that nobody is connected to.
	Cloak func(account string) string
	// Progress, unless it is nil, is told how many things of all are done.
	Progress func(done, all int)
}

// A Report says what became of what was found.
type Report struct {
	Kinds []Count
	Notes []migrate.Note // what was not carried over, or not as a whole
}

// A Count is how many of a kind there were.
type Count struct {
	Kind         string
	Found        int
	Added, There int // There: from an earlier import
}

// The kinds that are counted, in the order in which they are written.
const (
	kindAccount  = "accounts"
	kindReserved = "reserved names"
	kindChannel  = "channels"
	kindStay     = "users who stay"
	kindBan      = "bans"
	kindOffer    = "hosts that are offered"
)

// A writer is an import on its way.
type writer struct {
	Options
	names    casemap.Mapping
	clock    *event.Clock
	accounts *accounts.Service
	importer *accounts.Importer
	channels *chanreg.Service
	bans     *bans.Service
	hosts    *vhosts.Service

	network *migrate.Network
	// here are the accounts that those of the file became, by their folded names there.
	here   map[casemap.Folded]*accounts.Account
	begun  map[casemap.Folded]event.Stamp // the incarnations of channels
	report Report
	done   int
	all    int
}

// Write makes a network durable. If it fails, what is durable until then stays.
func Write(ctx context.Context, n *migrate.Network, o Options) (r Report, err error) {
	w := &writer{
		Options: o, names: o.Accounts.Names, network: n, clock: event.NewClock(o.SID, time.Now),
		here: map[casemap.Folded]*accounts.Account{}, begun: map[casemap.Folded]event.Stamp{},
	}
	w.report.Notes = n.Notes
	w.all = len(n.Accounts)*2 + len(n.Reserved) + len(n.Channels) + len(n.Bans) + len(n.Offers)
	if err := w.open(ctx); err != nil {
		return w.report, errors.Join(err, w.close())
	}
	for _, step := range []func(context.Context) error{w.writeAccounts, w.writeReserved, w.writeChannels, w.writeStays, w.writeBans, w.writeOffers} {
		if err = step(ctx); err != nil {
			break
		}
	}
	return w.report, errors.Join(err, w.close())
}

func (w *writer) open(ctx context.Context) (err error) {
	if w.accounts, err = accounts.Open(ctx, w.Store, w.Options.Accounts); err != nil {
		return err
	}
	w.accounts.Forbid(w.Service)
	w.importer = w.accounts.Importer()
	if w.channels, err = chanreg.Open(ctx, w.Store, w.names, slog.Default()); err != nil {
		return err
	}
	if w.hosts, err = vhosts.Open(ctx, w.Store, w.names, slog.Default()); err != nil {
		return err
	}
	w.bans, err = bans.Open(ctx, w.Store, w.names, w.SID, slog.Default())
	return err
}

func (w *writer) close() error {
	if w.bans != nil {
		w.bans.Close()
	}
	if w.hosts != nil {
		w.hosts.Close()
	}
	if w.channels != nil {
		w.channels.Close()
	}
	if w.accounts != nil {
		w.accounts.Close()
	}
	return nil
}

// note notes what was not carried over.
func (w *writer) note(kind, name, format string, args ...any) {
	w.report.Notes = append(w.report.Notes, migrate.Note{Kind: kind, Name: migrate.Printable(name), Why: migrate.Printable(fmt.Sprintf(format, args...))})
}

// count counts something that was found, and what became of it: added, there, or neither.
func (w *writer) count(kind string, added, there bool) {
	i := slices.IndexFunc(w.report.Kinds, func(c Count) bool { return c.Kind == kind })
	if i < 0 {
		i = len(w.report.Kinds)
		w.report.Kinds = append(w.report.Kinds, Count{Kind: kind})
	}
	c := &w.report.Kinds[i]
	c.Found++
	switch {
	case added:
		c.Added++
	case there:
		c.There++
	}
}

// step tells of progress, and stops if nobody wants the import any more.
func (w *writer) step(ctx context.Context) error {
	if w.done++; w.Progress != nil {
		w.Progress(w.done, w.all)
	}
	return ctx.Err()
}

// byAge orders what was registered: who was first there is first here, too, where two
// cannot have what they had.
func byAge(a, b time.Time) int {
	switch {
	case a.Equal(b):
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}
