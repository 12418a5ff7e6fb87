package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/server/control"
)

// startsWithin is how long a command waits for a server that has just been started: it says
// that it listens a moment before it is ready for everything.
const startsWithin = 2 * time.Second

// answer does what a command on the same machine asks for.
func (s *Server) answer(ctx context.Context, r control.Request, data io.Writer) ([]string, error) {
	if r.Command == "link found" {
		return s.linkFound()
	}
	if r.Command == "stop" {
		s.Stop("Server shutting down")
		return []string{"the server is stopping"}, nil
	}
	select {
	case <-s.serving:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(startsWithin):
		return nil, errStarting
	}
	switch r.Command {
	case "compact":
		return s.compact(ctx)
	case "export":
		return s.export(ctx, r.Name, data)
	case "status":
		return s.status(), nil
	case "rehash":
		report, err := s.Rehash()
		lines := make([]string, len(report))
		for i, line := range report {
			lines[i] = line.String()
		}
		return lines, err
	}
	if do, ok := s.linkCommands()[r.Command]; ok {
		if s.linked == nil {
			return nil, errNotLinked
		}
		return do(ctx, r)
	}
	do, ok := map[string]func(context.Context, control.Request) ([]string, error){
		"account add": s.addAccount, "account del": s.deleteAccount,
		"account list": s.listAccounts, "account passwd": s.changePassword,
	}[r.Command]
	if !ok {
		return nil, fmt.Errorf("this server does not know the request %q", r.Command)
	}
	if !s.Config().Accounts.Enabled {
		return nil, errors.New("accounts are turned off: see accounts.enabled in the configuration")
	}
	return do(ctx, r)
}

// status describes the server, a line each.
func (s *Server) status() []string {
	clients, unknown, most := s.Core.Counts()
	n := s.Core.Network.World.Counts()
	lines := []string{
		fmt.Sprintf("%s (%s), %s", s.Core.Name(), s.Config().Network.Name, s.options.Version),
		fmt.Sprintf("up for %s", time.Since(s.started).Round(time.Second)),
		fmt.Sprintf("%d clients, %d connecting, %d at most; %d channels; %d accounts", clients, unknown, most, n.Channels, s.accounts.Count()),
	}
	lines = append(lines, s.historyStatus()...)
	for _, l := range s.Listening() {
		lines = append(lines, "listening on "+l.Address+" for "+l.For)
	}
	return lines
}

func (s *Server) addAccount(ctx context.Context, r control.Request) ([]string, error) {
	p, _, err := s.accounts.Register(ctx, accounts.Registration{Name: r.Name, Password: r.Password, Verified: true})
	if err != nil {
		return nil, err
	}
	s.Log.Info("account added", "account", p.Account(), "by", "control socket")
	return []string{"account " + p.Account() + " is registered"}, nil
}

func (s *Server) deleteAccount(ctx context.Context, r control.Request) ([]string, error) {
	a := s.accounts.Lookup(r.Name)
	if a == nil {
		return nil, accounts.ErrNotFound
	}
	events, err := s.Core.EraseAccount(ctx, network.Actor{}, a)
	if err != nil {
		return nil, err
	}
	s.Log.Info("account deleted", "account", a.Name, "by", "control socket")
	return []string{fmt.Sprintf("account %s is deleted with what it has said (%d events of the history here), and its names are free", a.Name, events)}, nil
}

func (s *Server) changePassword(ctx context.Context, r control.Request) ([]string, error) {
	if err := s.accounts.SetPassword(ctx, r.Name, r.Password); err != nil {
		return nil, err
	}
	s.Log.Info("account has another password", "account", r.Name, "by", "control socket")
	return []string{"account " + r.Name + " has another password"}, nil
}

func (s *Server) listAccounts(context.Context, control.Request) (lines []string, err error) {
	s.accounts.List(func(a *accounts.Account) bool {
		line := a.Name + "  since " + a.Created.UTC().Format(time.DateOnly)
		if a.Suspended != nil {
			line += "  suspended"
		}
		if !a.Verified {
			line += "  not verified"
		}
		lines = append(lines, line)
		return true
	})
	return lines, nil
}
