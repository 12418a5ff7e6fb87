package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/server/control"
)

var (
	errNotLinked = errors.New("this server is not linked: see link.enabled in the configuration")
	errStarting  = errors.New("this server is starting")
)

// linkCommands are the requests about links.
func (s *Server) linkCommands() map[string]func(context.Context, control.Request) ([]string, error) {
	return map[string]func(context.Context, control.Request) ([]string, error){
		"link status": s.linkStatus, "link leave": s.linkLeave, "link remove": s.linkRemove, "link recover": s.linkRecover,
	}
}

// linkFound makes a server that waits to join a network the first of one.
func (s *Server) linkFound() ([]string, error) {
	if s.ready.Load() {
		return nil, errors.New("this server does not wait for a network: it runs")
	}
	select {
	case s.found <- struct{}{}:
	default:
	}
	return []string{"this server is the first of a new network; the others can join"}, nil
}

func (s *Server) linkLeave(ctx context.Context, _ control.Request) ([]string, error) {
	if err := s.linked.Leave(ctx); err != nil {
		return nil, err
	}
	s.Log.Info("this server has left the network", "by", "control socket")
	s.Stop("This server leaves the network")
	return []string{"this server has left the network, and stops"}, nil
}

func (s *Server) linkRemove(ctx context.Context, r control.Request) ([]string, error) {
	if err := s.linked.Remove(ctx, r.Name); err != nil {
		return nil, err
	}
	s.Log.Info("a server was removed from the network", "server", r.Name, "by", "control socket")
	return []string{r.Name + " is no member of the network any more"}, nil
}

func (s *Server) linkRecover(ctx context.Context, _ control.Request) ([]string, error) {
	if err := s.linked.Recover(ctx); err != nil {
		return nil, err
	}
	s.Log.Warn("the other servers are given up; this one is a network of its own", "by", "control socket")
	return []string{"this server is a network of its own; the others can join it anew, after \"ircd link join\" there"}, nil
}

// linkStatus describes the network, a line for each server.
func (s *Server) linkStatus(ctx context.Context, _ control.Request) ([]string, error) {
	members, err := s.linked.Members()
	if err != nil {
		return nil, err
	}
	peers := map[string]link.Peer{}
	for _, p := range s.linked.Node().Peers() {
		peers[p.Name] = p
	}
	lines := []string{s.recordsStatus(ctx, len(members))}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		lines = append(lines, fmt.Sprintf("%s  member since %s  %s", name, members[name].UTC().Format(time.DateOnly), s.describePeer(name, peers)))
		delete(peers, name)
	}
	for _, name := range slices.Sorted(maps.Keys(peers)) {
		lines = append(lines, fmt.Sprintf("%s  no member  %s", name, peers[name].Reason))
	}
	return lines, nil
}

func (s *Server) recordsStatus(ctx context.Context, members int) string {
	if members < 2 {
		return "this server is the only one of its network"
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	l, err := s.linked.Node().LogState(ctx)
	if errors.Is(err, cluster.ErrNoQuorum) {
		return fmt.Sprintf("%d servers; a majority is not reached, so accounts and channels cannot be registered or changed now", members)
	}
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d servers; %d keep the log of the records, %d of them all of it; %s leads", members, l.Replicas, l.Current, l.Leader)
}

func (s *Server) describePeer(name string, peers map[string]link.Peer) string {
	if name == s.Core.Name() {
		return "this server"
	}
	p, met := peers[name]
	since := time.Since(p.Since).Round(time.Second)
	switch {
	case !met:
		return "not met"
	case p.Held:
		return fmt.Sprintf("closed by an operator for %v", since)
	case !p.Up:
		return fmt.Sprintf("not linked for %v: %s", since, p.Reason)
	}
	return fmt.Sprintf("linked for %v, %v there and back, %d bytes waiting", since, p.Latency.Round(10*time.Microsecond), p.Queued)
}
