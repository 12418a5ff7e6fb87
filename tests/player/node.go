package player

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/alwayson"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/authtoken"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/blocklist"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/link/mem"
	"github.com/parley-irc/parley/ircd/mail"
	"github.com/parley-irc/parley/ircd/markers"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/profiles"
	"github.com/parley-irc/parley/ircd/push"
	"github.com/parley-irc/parley/ircd/reputation"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/vhosts"
	"github.com/parley-irc/parley/languages"
)

// version is what the servers call theirs.
const version = "parley-test"

// A node is one server.
type node struct {
	name   string
	server *dispatch.Server
	users  *accounts.Service
	mailer *mail.Mailer
	kept   *chanreg.Service
	vhosts *vhosts.Service
	memos  *memos.Service
	acts   *audit.Log
	bans   *bans.Service
	alert  *defcon.Service
	spam   *spamfilter.Service
	names  *reputation.Service
	push   *push.Service
	marks  *markers.Keeper
	link   *mem.Link
	conns  []net.Conn
	ctx    context.Context // of its connections
	cancel context.CancelFunc
}

// node returns a server, which it starts if necessary.
func (b *bubble) node(name string) (*node, error) {
	if n := b.servers[name]; n != nil {
		return n, nil
	}
	cfg, err := b.config(name, "config.toml")
	if err != nil {
		return nil, err
	}
	n := &node{name: name}
	n.ctx, n.cancel = context.WithCancel(b.ctx)
	if err := b.openRecords(n, cfg); err != nil {
		return nil, err
	}
	parts, err := b.parts(n, cfg)
	if err != nil {
		return nil, err
	}
	if n.server, err = server.NewCore(cfg, parts); err != nil {
		return nil, err
	}
	n.server.Rehash = func() ([]lang.Phrase, error) { return nil, b.rehash("config.toml") }
	if err := b.keep(n); err != nil {
		return nil, err
	}
	if b.linked {
		n.server.Network.LinkTo(func(h link.Handler) link.Link {
			n.link = b.hub.Connect(h)
			if b.published != nil {
				return recorder{n.link, b.published}
			}
			return n.link
		})
	}
	go n.server.Watch(n.ctx)
	go n.users.Run(n.ctx)
	b.servers[name] = n
	return n, nil
}

// parts returns what a server is made of.
func (b *bubble) parts(n *node, cfg *config.Config) (p server.Parts, err error) {
	p = server.Parts{
		Log: slog.New(&b.log), Now: time.Now, Version: version, Secret: make([]byte, 32),
		// Any hash is that of this password.
		Verify:   func(_ context.Context, _, password string) bool { return password == "secret" },
		Texts:    &dispatch.Texts{MOTD: b.text("motd"), Rules: b.text("rules")},
		Accounts: n.users, Channels: n.kept, VHosts: n.vhosts, Memos: n.memos, Acts: n.acts, Bans: n.bans, Defcon: n.alert, Filters: n.spam, Reputation: n.names, Push: n.push,
		Tokens:     &authtoken.Issuer{Store: &b.store, Now: time.Now},
		Profiles:   &profiles.Keeper{Store: &b.store, Owner: dispatch.AccountOwner(n.users, time.Now)},
		Blocklists: blocklist.New(), Resolver: b.listed(),
	}
	if cfg.History.Enabled {
		if b.logs[n.name] == nil {
			b.logs[n.name] = newPaper(func() history.Log { return history.New(server.HistoryOptions(cfg, time.Now)) }, b.lag)
		}
		p.History = b.logs[n.name] // it survives a server that is killed
	}
	if b.linked {
		self := network.Describe(cfg, server.SID(cfg.Server.Name), version, time.Now())
		p.Self = &self
	}
	if len(b.lookup) > 0 || strings.Contains(strings.Join(b.script.lines, "\n"), " host=") {
		p.Lookup = b.lookup
	}
	p.Languages, err = b.languages()
	return p, err
}

// keep keeps those who stay without clients, and what people have read, in what the
// servers share.
func (b *bubble) keep(n *node) (err error) {
	k := &alwayson.Keeper{Network: n.server.Network, Store: &b.store, Wants: n.server.Wants, Log: slog.New(&b.log)}
	if err := k.Restore(n.ctx); err != nil {
		return err
	}
	go k.Run(n.ctx)
	if n.marks, err = markers.Open(b.ctx, n.server.Network, &b.store, slog.New(&b.log)); err != nil {
		return err
	}
	go n.marks.Run(n.ctx)
	return nil
}

// A recorder is a link of which a test learns what is published.
type recorder struct {
	link.Link
	published func(data []byte)
}

// Publish implements link.Link.
func (r recorder) Publish(data []byte) {
	r.published(data)
	r.Link.Publish(data)
}

// stop ends a server whose clients are gone.
func (n *node) stop() {
	_ = n.marks.Close() // the store may be closed
	n.push.Close()
	n.users.Close()
	n.mailer.Close()
	n.kept.Close()
	n.vhosts.Close()
	n.memos.Close()
	n.acts.Close()
	n.bans.Close()
	n.alert.Close()
	n.spam.Close()
	n.names.Close()
}

// config reads the configuration of a server: what a section says, and the server's
// own. Every server has an operator called "admin", and lets clients send as fast as
// they like unless there is a section about it.
func (b *bubble) config(name, section string) (*config.Config, error) {
	text := b.script.sections[section] + "\n" + b.script.sections["config."+name+".toml"]
	c, err := config.Parse(section, []byte(text), nil)
	if err != nil {
		return nil, err
	}
	c.Server.Name = name + ".parley.example"
	c.Newcomers.Enabled = strings.Contains(text, "[newcomers]")
	c.Flood.Enabled = strings.Contains(text, "[flood]")
	if len(c.Opers) == 0 {
		c.Opers = []config.Oper{{Name: "admin", Password: "$argon2id$", Class: "netadmin"}}
	}
	return c, nil
}

// languages returns those that the conversation brings along, in sections such as
// "languages/de.toml"; or nil, for those that are built in. The program has more texts
// than any of them translates.
func (b *bubble) languages() (*lang.Languages, error) {
	var all []lang.Language
	for name, text := range b.script.sections {
		file, ok := strings.CutPrefix(name, "languages/")
		if !ok {
			continue
		}
		c, err := languages.Parse(file, []byte(text))
		if err != nil {
			return nil, err
		}
		all = append(all, lang.Language{Tag: c.Tag(), Name: c.Name(), Percent: 1, Load: func() (*lang.Catalogue, error) { return c, nil }})
	}
	if all == nil {
		return nil, nil
	}
	return lang.NewLanguages(all...), nil
}

func (b *bubble) text(section string) (lines []lang.Phrase) {
	text := strings.TrimSpace(b.script.sections[section])
	if text == "" {
		return nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, lang.Verbatim.With(line))
	}
	return lines
}
