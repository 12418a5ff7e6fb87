package player

import (
	"log/slog"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/mail"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/push"
	"github.com/parley-irc/parley/ircd/reputation"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// openRecords opens what the servers share: records, of which each has its own view.
func (b *bubble) openRecords(n *node, cfg *config.Config) error {
	n.mailer = mail.New(mail.Options{
		Transport: &b.box, From: cfg.Mail.From, Network: cfg.Network.Name, Refuse: cfg.Mail.Refuse,
		Log: slog.New(&b.log),
	})
	names, err := casemap.ParseMapping(cfg.Server.Casemapping)
	if err != nil {
		return err
	}
	if err := b.openAccounts(n, cfg, names); err != nil {
		return err
	}
	return b.openGuards(n, cfg, names)
}

// openAccounts opens the accounts, and what belongs to accounts.
func (b *bubble) openAccounts(n *node, cfg *config.Config, names casemap.Mapping) (err error) {
	log := slog.New(&b.log)
	if n.users, err = b.accounts(cfg, n.mailer); err != nil {
		return err
	}
	if n.kept, err = chanreg.Open(b.ctx, &b.store, names, log); err != nil {
		return err
	}
	if n.vhosts, err = vhosts.Open(b.ctx, &b.store, names, log); err != nil {
		return err
	}
	if n.memos, err = memos.Open(b.ctx, &b.store, names, log); err != nil {
		return err
	}
	n.push, err = b.push(cfg, n.users)
	return err
}

// openGuards opens what operators keep order with.
func (b *bubble) openGuards(n *node, cfg *config.Config, names casemap.Mapping) (err error) {
	log, sid := slog.New(&b.log), server.SID(cfg.Server.Name)
	if n.acts, err = audit.Open(b.ctx, &b.store, 100, log); err != nil {
		return err
	}
	if n.bans, err = bans.Open(b.ctx, &b.store, names, sid, log); err != nil {
		return err
	}
	if n.alert, err = defcon.Open(b.ctx, &b.store, log); err != nil {
		return err
	}
	if n.spam, err = spamfilter.Open(b.ctx, &b.store, sid, log); err != nil {
		return err
	}
	n.names, err = reputation.Open(b.ctx, &b.store, sid, make([]byte, 32), log)
	return err
}

// accounts opens the accounts that the servers share. Hashes are cheap.
func (b *bubble) accounts(c *config.Config, m *mail.Mailer) (*accounts.Service, error) {
	o := server.AccountOptions(c, time.Now)
	o.Hash, o.ScramIterations = password.Cheap, 4096
	if c.Mail.Enabled {
		o.Mail = m
	}
	a, err := server.OpenAuthorities(c, time.Now, slog.New(&b.log))
	if err != nil {
		return nil, err
	}
	a.Apply(&o)
	return accounts.Open(b.ctx, &b.store, o)
}

// push opens the subscriptions that the servers share. Their devices are the player's.
func (b *bubble) push(c *config.Config, users *accounts.Service) (*push.Service, error) {
	o := dispatch.PushOptions(c)
	o.Now, o.Log, o.Owner, o.Client = time.Now, slog.New(&b.log), dispatch.AccountOwner(users, time.Now), &b.devices
	return push.Open(b.ctx, &b.store, o)
}
