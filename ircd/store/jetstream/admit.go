package jetstream

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
)

// The services of this package.
const (
	admitService = 1
	copyService  = 2
	leaveService = 3
)

// An admission is the answer to a server that wants to join.
type admission struct {
	Group   string `json:"group"`
	Base    uint64 `json:"base"`
	Forming bool   `json:"forming,omitempty"` // the log is made now, by the two
	// Addresses are where the members are reached, by name, but for the one that admits.
	Addresses map[string]string `json:"addresses,omitempty"`
}

var errNoNetwork = errors.New("this server is not part of a network itself")

// admit lets a server in.
func (s *Store) admit(ctx context.Context, c cluster.Card, _ []byte) ([]byte, error) {
	if c.State != cluster.Joining {
		return nil, errors.New("only a server that is not of a network can join one")
	}
	s.log.Info("a server asks to join", "server", c.Name)
	a := admission{}
	switch st := s.now(); st.State {
	case cluster.Member:
		if !st.Complete {
			return nil, errNoNetwork
		}
		if err := s.enrol(ctx, c.Name, c.ID); err != nil {
			return nil, err
		}
		a = admission{Group: st.Group, Base: st.Base, Addresses: maps.Clone(st.Addresses)}
		delete(a.Addresses, c.Name)
	case cluster.Alone:
		var err error
		if a, err = s.pairUp(ctx, c); err != nil {
			return nil, err
		}
	default:
		return nil, errNoNetwork
	}
	s.log.Info("a server is admitted", "server", c.Name)
	return json.Marshal(a)
}

// pairUp makes a network of two out of one: from now on commits go through a log.
func (s *Store) pairUp(ctx context.Context, c cluster.Card) (a admission, err error) {
	at := s.addressOf(c.Name)
	if at == "" {
		return a, errors.New("the server is not connected any more")
	}
	if err := s.enrol(ctx, c.Name, c.ID); err != nil {
		return a, err
	}
	if !s.changing.TryLock() {
		return a, errors.New("this server is busy; ask again")
	}
	if !s.alone() {
		s.changing.Unlock()
		return a, errors.New("another server joins now; ask again")
	}
	rev, err := s.Rev(ctx)
	if err == nil {
		err = s.become(func(st *state) {
			st.State, st.Group, st.Base, st.Complete = cluster.Member, rand.Text(), rev, false
			st.Addresses = map[string]string{c.Name: at}
		})
	}
	if err != nil {
		s.changing.Unlock()
		return a, err
	}
	st := s.now()
	s.loops.Go(func() {
		defer s.changing.Unlock()
		pause(s.ctx, 100*time.Millisecond) // until the answer is on its way
		s.form(st, at)
	})
	return admission{Group: st.Group, Base: st.Base, Forming: true}, nil
}

// forming is how long the two may take.
const forming = 30 * time.Second

// form makes the log, or stays alone. Meanwhile nothing is committed.
func (s *Store) form(st state, at string) {
	ctx, cancel := context.WithTimeout(s.ctx, forming)
	defer cancel()
	err := s.node.Start(cluster.Mode{State: cluster.Member, Group: st.Group, Forming: true, Routes: []string{at}})
	if err == nil {
		err = s.node.CreateLog(ctx, 2)
	}
	if err == nil {
		err = s.become(func(st *state) { st.Complete = true })
	}
	if err == nil {
		s.applied.Store(0)
		s.follow()
		s.log.Info("this server and another one are a network now")
		return
	}
	if s.ctx.Err() != nil {
		return // it stops, and will be what it was
	}
	s.log.Error("no network could be made; this server stays alone", "error", err)
	if err := s.beAlone(); err != nil {
		s.log.Error("this server can neither be linked nor alone; restart it", "error", err)
	}
}

// beAlone makes the server a network of one. s.changing is held.
func (s *Store) beAlone() error {
	err := s.become(func(st *state) {
		st.State, st.Group, st.Base, st.Complete, st.Addresses = cluster.Alone, "", 0, false, nil
	})
	if err == nil {
		err = s.node.Start(s.now().mode())
	}
	if err == nil {
		err = s.node.Wipe()
	}
	if err != nil {
		return fmt.Errorf("be alone: %w", err)
	}
	s.applied.Store(0)
	return nil
}

// addressOf returns where a server is reached that can be asked, or "".
func (s *Store) addressOf(name string) string {
	for _, a := range s.node.Met() {
		if a.Name == name {
			return a.At
		}
	}
	return ""
}
