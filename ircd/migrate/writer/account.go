package writer

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/markers"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/profiles"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// atOnce is how many accounts are prepared together, on all processors.
const atOnce = 64

func (w *writer) writeAccounts(ctx context.Context) error {
	all := slices.Clone(w.network.Accounts)
	slices.SortStableFunc(all, func(a, b migrate.Account) int {
		if c := byAge(a.Registered, b.Registered); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	for some := range slices.Chunk(all, atOnce) {
		ready := w.prepare(some)
		for i := range some {
			if err := w.writeAccount(ctx, &some[i], ready[i]); err != nil {
				return err
			}
			if err := w.step(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepare hashes what has to be hashed.
func (w *writer) prepare(some []migrate.Account) []*accounts.Import {
	ready := make([]*accounts.Import, len(some))
	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range some {
		in := w.incoming(&some[i])
		ready[i] = in
		if w.importer.Find(in) != nil || !w.names.ValidNick(in.Name, w.Config.Limits.NickLength) {
			continue
		}
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			_ = w.importer.Prepare(in) // Add tries it again
		})
	}
	wait.Wait()
	return ready
}

// incoming returns an account as package accounts has it.
func (w *writer) incoming(a *migrate.Account) *accounts.Import {
	in := &accounts.Import{
		Account: accounts.Account{
			Name: a.Name, Created: a.Registered, Email: a.Email, Confirmed: a.Confirmed, Nicks: a.Nicks, Settings: a.Settings,
		},
		Origin: w.Origin + " " + a.Key, Secret: a.Secret, Seen: a.Seen,
		With: func(acc *accounts.Account) ([]store.Op, error) { return w.with(acc, a) },
	}
	for _, fp := range a.Certs {
		in.Certs = append(in.Certs, accounts.Cert{Fingerprint: fp})
	}
	if s := a.Suspended; s != nil {
		in.Suspended = &accounts.Suspension{Reason: s.Reason, By: s.By, Since: s.Since, Until: s.Until}
	}
	return in
}

func (w *writer) writeAccount(ctx context.Context, a *migrate.Account, in *accounts.Import) error {
	lost, err := w.importer.Add(ctx, in)
	switch {
	case errors.Is(err, accounts.ErrImported):
		w.count(kindAccount, false, true)
		w.here[w.names.Fold(a.Name)] = w.importer.Find(in)
		return nil
	case refused(err):
		w.count(kindAccount, false, false)
		w.note("account", a.Name, "%v", err)
		return nil
	case err != nil:
		return err
	}
	w.count(kindAccount, true, false)
	w.here[w.names.Fold(a.Name)] = w.importer.Find(in)
	for _, l := range lost {
		w.note("account", a.Name, "without %s: %v", l.What, l.Err)
	}
	w.notePassword(a)
	w.noteRest(a)
	return nil
}

// notePassword tells of an account whose owner cannot log in by a password.
func (w *writer) notePassword(a *migrate.Account) {
	what := "its owner can have another one mailed (NS SENDPASS), or an operator gives one (NS SAPASSWD)"
	if !a.Confirmed || a.Email == "" {
		what = "an operator gives one to its owner (NS SAPASSWD)"
	}
	switch {
	case errors.Is(a.SecretErr, foreign.ErrNone) && len(a.Certs) > 0:
	case a.SecretErr != nil:
		w.note("password", a.Name, "%v; %s", a.SecretErr, what)
	}
}

func refused(err error) bool {
	for _, e := range []error{accounts.ErrName, accounts.ErrExists, accounts.ErrConfusable, accounts.ErrReserved} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// with returns what becomes durable with an account.
func (w *writer) with(acc *accounts.Account, a *migrate.Account) (ops []store.Op, err error) {
	add := func(op store.Op, e error) { ops, err = append(ops, op), errors.Join(err, e) }
	if read := w.readUpTo(a.Markers); len(read) > 0 {
		add(markers.Op(string(acc.Folded), read))
	}
	if notes := w.metadata(a.Metadata); len(notes) > 0 {
		add(profiles.Op(string(acc.Folded), acc.Created, notes))
	}
	if r, ok := w.host(acc, a); ok {
		add(vhosts.Op(string(acc.Folded), r))
	}
	if r, ok := w.memos(acc, a); ok {
		add(memos.Op(string(acc.Folded), r))
	}
	return ops, err
}

// host returns the host of an account, if it may have that here.
func (w *writer) host(acc *accounts.Account, a *migrate.Account) (r vhosts.Record, ok bool) {
	h := a.Host
	if h == nil || w.hostFault(acc.Name, h.Host) != "" {
		return r, false
	}
	since := h.Since
	if since.IsZero() {
		since = acc.Created
	}
	return vhosts.Record{Owner: acc.ID, Host: h.Host, Off: h.Off, By: setter(h.By), Since: since}, true
}

// hostFault says why an account cannot have a host, or "".
func (w *writer) hostFault(account, host string) string {
	rules := vhosts.Rules{Mapping: w.names, Suffix: w.Config.Cloak.Suffix, Hosts: []string{"services", w.Config.Server.Name}}
	for _, o := range w.Config.Opers {
		rules.Hosts = append(rules.Hosts, o.Vhost)
	}
	switch rules.Check(host) {
	case vhosts.NoFault:
	case vhosts.BadForm, vhosts.Single:
		return "it is not in the form of hosts here, which is that of names with a dot or a slash"
	case vhosts.Address:
		return "it looks like an address"
	case vhosts.Cloak:
		return "it looks like a cloak"
	default:
		return "it is that of a service, or of this server"
	}
	if other := w.hosts.Like(host, account); other != "" {
		return "it looks like that of " + other
	}
	return ""
}

// readUpTo returns read markers by what they are about, as the server folds it.
func (w *writer) readUpTo(all map[string]time.Time) map[casemap.Folded]time.Time {
	read := map[casemap.Folded]time.Time{}
	for target, t := range all {
		valid := w.names.ValidNick(target, w.Config.Limits.NickLength) || w.names.ValidChannel(target, w.Config.Limits.ChannelLength)
		if valid && t.After(time.UnixMilli(0)) {
			read[w.names.Fold(target)] = t
		}
	}
	return read
}

// metadata returns the metadata that may be had here.
func (w *writer) metadata(all map[string]string) map[string]string {
	m := w.Config.Metadata
	notes, size := map[string]string{}, 0
	for _, key := range slices.Sorted(maps.Keys(all)) {
		value := migrate.Text(all[key])
		if size += len(key) + len(value); size > int(m.MaxBytes) || len(notes) >= m.MaxKeys {
			break
		}
		if value != "" && len(value) <= m.MaxValueBytes && state.ValidMetaKey(key, m.MaxKeyBytes) {
			notes[key] = value
		}
	}
	return notes
}

// noteRest tells what else an account could not bring along.
func (w *writer) noteRest(a *migrate.Account) {
	if a.Host == nil {
		return
	}
	if fault := w.hostFault(a.Name, a.Host.Host); fault != "" {
		w.note("host", a.Name, "%s: %s", a.Host.Host, fault)
	}
}

func (w *writer) writeReserved(ctx context.Context) error {
	for _, name := range w.network.Reserved {
		ok, err := w.importer.Reserve(ctx, name)
		if err != nil {
			return err
		}
		w.count(kindReserved, ok, !ok)
		if err := w.step(ctx); err != nil {
			return err
		}
	}
	return nil
}
