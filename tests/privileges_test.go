package tests

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/store/bunt"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// A guarded is a command that takes a privilege, as it is written.
type guarded struct {
	line string
	by   privs.Privilege
}

// parameters make a line of each command that is not refused for want of them.
const parameters = " nobody nobody nobody nobody"

// allGuarded returns the commands and subcommands that take a privilege, those of
// services, too.
func allGuarded(s *dispatch.Server) (all []guarded) {
	add := func(line string, c *dispatch.Command) {
		if c.Privileged {
			all = append(all, guarded{line, c.Oper})
		}
	}
	for _, c := range s.Commands.Sorted() {
		add(c.Name+parameters, c)
		for _, sub := range c.Subcommands.Sorted() {
			words := append([]string{c.Name}, strings.Fields(parameters)...)
			add(strings.Join(slices.Insert(words, c.Selector+1, sub.Name), " "), sub)
		}
	}
	for _, v := range s.Services {
		for _, c := range v.Commands.Sorted() {
			add(v.Nick+" "+c.Name+parameters, c)
			for _, sub := range c.Subcommands.Sorted() {
				words := append([]string{v.Nick, c.Name}, strings.Fields(parameters)...)
				add(strings.Join(slices.Insert(words, c.Selector+2, sub.Name), " "), sub)
			}
		}
	}
	return all
}

// elsewhere are the privileges that guard no command, but a part of what some do.
var elsewhere = map[privs.Privilege]string{
	privs.Spy:          "whois-hidden.txtar",
	privs.ChannelModes: "mode-opers-only.txtar",
	privs.NoFlood:      "no-flood.txtar",
	privs.Deoper:       "deoper.txtar",
	privs.Snomask:      "snomask.txtar",
}

// TestPrivileges: each privilege guards what it says and nothing else. A command that
// takes one is refused to operators who have all others, and not to one who has it
// alone.
func TestPrivileges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newStaff(t)
		defer x.close()
		used := map[privs.Privilege]bool{}
		for _, g := range allGuarded(x.server) {
			used[g.by] = true
			if got := x.ask("all-but-"+g.by.String(), g.line); !refused(got, g.by) {
				t.Errorf("%s without %s: %q", g.line, g.by, got)
			}
			if got := x.ask("only-"+g.by.String(), g.line); len(got) == 0 && !quiet(g.line) || refused(got, g.by) {
				t.Errorf("%s with nothing but %s: %q", g.line, g.by, got)
			}
			if got := x.ask("", g.line); !strings.Contains(strings.Join(got, " "), " 481 ") && !refused(got, g.by) {
				t.Errorf("%s by no operator: %q", g.line, got)
			}
		}
		if len(used) < 8 {
			t.Errorf("only these privileges are used: %v", used)
		}
		for p := range privs.All() {
			p := privs.Privilege(p)
			if _, err := os.Stat("conversations/" + elsewhere[p]); err != nil {
				t.Error(err)
			}
			if (elsewhere[p] == "") != used[p] {
				t.Errorf("%s guards commands: %v; a conversation about it: %q", p, used[p], elsewhere[p])
			}
		}
	})
}

// refused reports whether a client is told that it lacks a privilege.
func refused(lines []string, p privs.Privilege) bool {
	all := strings.Join(lines, "\n")
	return strings.Contains(all, " 723 ") && strings.Contains(all, " "+p.String()+" ") ||
		strings.Contains(all, "Only operators with the privilege "+p.String())
}

// quiet reports whether a command says nothing if all goes well.
func quiet(line string) bool {
	return strings.HasPrefix(strings.TrimPrefix(line, "OperServ "), "WALLOPS ")
}

// A staff is clients who are operators of all kinds.
type staff struct {
	server *dispatch.Server
	opers  map[string]*listener // by the name of the block
	cancel context.CancelFunc
	ended  []func()
}

func newStaff(t *testing.T) *staff {
	ctx, cancel := context.WithCancel(context.Background())
	x := &staff{opers: map[string]*listener{}, cancel: cancel}
	cfg := config.Default()
	cfg.Flood.Enabled = false
	block := func(name string, privileges []string) {
		cfg.OperClasses = append(cfg.OperClasses, config.OperClass{Name: name, Privileges: privileges})
		cfg.Opers = append(cfg.Opers, config.Oper{Name: name, Password: "$argon2id$x", Class: name})
	}
	var names []string
	for _, row := range privs.All() {
		names = append(names, row.Name)
	}
	for i, name := range names {
		block("only-"+name, []string{name})
		block("all-but-"+name, slices.Delete(slices.Clone(names), i, i+1))
	}
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	users, err := accounts.Open(ctx, st, accounts.Options{Names: casemap.ASCII, Hash: password.Cheap, ScramIterations: 4096})
	if err != nil {
		t.Fatal(err)
	}
	channels, err := chanreg.Open(ctx, st, casemap.ASCII, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	acts, err := audit.Open(ctx, st, 10, log)
	if err != nil {
		t.Fatal(err)
	}
	banned, err := bans.Open(ctx, st, casemap.ASCII, "ua", log)
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := vhosts.Open(ctx, st, casemap.ASCII, log)
	if err != nil {
		t.Fatal(err)
	}
	spam, err := spamfilter.Open(ctx, st, "ua", log)
	if err != nil {
		t.Fatal(err)
	}
	x.server, err = server.NewCore(cfg, server.Parts{
		Log: log, Now: time.Now, Version: "test", Secret: make([]byte, 32),
		Verify:   func(context.Context, string, string) bool { return true },
		Accounts: users, Channels: channels, VHosts: hosts, Acts: acts, Bans: banned, Filters: spam,
	})
	if err != nil {
		t.Fatal(err)
	}
	x.server.Rehash = func() ([]lang.Phrase, error) { return nil, nil }
	x.server.Stop = func(lang.Text, ...any) {}
	go x.server.Watch(ctx)
	x.ended = []func(){users.Close, channels.Close, hosts.Close, acts.Close, banned.Close, spam.Close, func() { _ = st.Close() }}
	for i, o := range append(cfg.Opers, config.Oper{}) {
		l := x.connect(ctx, fmt.Sprintf("u%d", i))
		if o.Name != "" {
			l.send("OPER " + o.Name + " x")
		}
		synctest.Wait()
		l.take()
		x.opers[o.Name] = l
	}
	return x
}

func (x *staff) connect(ctx context.Context, nick string) *listener {
	ours, theirs := net.Pipe()
	go x.server.Serve(ctx, theirs, dispatch.Peer{})
	l := &listener{nick: nick, conn: ours}
	go l.listen()
	l.send("NICK " + nick)
	l.send("USER x 0 * :x")
	return l
}

// ask returns what an operator is answered.
func (x *staff) ask(oper, line string) []string {
	l := x.opers[oper]
	l.take()
	l.send(line)
	synctest.Wait()
	return slices.DeleteFunc(l.take(), func(line string) bool { return strings.HasPrefix(line, "PING") })
}

func (x *staff) close() {
	for _, l := range x.opers {
		l.conn.Close()
	}
	synctest.Wait()
	x.cancel()
	synctest.Wait()
	if h := x.server.Network.History; h != nil {
		_ = h.Close()
	}
	for _, f := range x.ended {
		f()
	}
	time.Sleep(6 * time.Second)
	synctest.Wait()
}
