package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/store"
)

// A member is a server of the network, as the records have it.
type member struct {
	// ID is that of its data folder: another server that takes its name is not it.
	ID    string    `json:"id"`
	Since time.Time `json:"since"`
}

var memberSchema = store.Schema[member]{Name: "server"}

// Members returns since when each server has been a member, by name.
func (s *Store) Members() (map[string]time.Time, error) {
	all := map[string]time.Time{}
	var failed error
	err := s.List(s.ctx, store.Servers, "", func(r store.Record) bool {
		m, err := memberSchema.Decode(r.Value)
		if all[r.Key] = m.Since; err != nil {
			failed = err
		}
		return err == nil
	})
	return all, errors.Join(err, failed)
}

// member returns what is known of a server; ok is false if it is not a member.
func (s *Store) member(ctx context.Context, name string) (m member, rev uint64, ok bool, err error) {
	r, err := s.Get(ctx, store.Servers, name)
	if errors.Is(err, store.ErrNotFound) {
		return m, 0, false, nil
	}
	if err != nil {
		return m, 0, false, err
	}
	m, err = memberSchema.Decode(r.Value)
	return m, r.Rev, err == nil, err
}

// enrol makes a server a member.
func (s *Store) enrol(ctx context.Context, name, id string) error {
	m, _, ok, err := s.member(ctx, name)
	switch {
	case err != nil:
		return err
	case ok && m.ID == id:
		return nil
	case ok:
		return otherServer(name)
	}
	value, err := memberSchema.Encode(member{id, s.o.Cluster.Clock.Now().UTC()})
	if err != nil {
		return err
	}
	_, err = s.Put(ctx, store.Servers, name, value, 0)
	if errors.Is(err, store.ErrExists) {
		return otherServer(name)
	}
	return err
}

func otherServer(name string) error {
	return fmt.Errorf("%s is the name of another server of the network, with another data folder: give this one another name (server.name) or, if it replaces that one, first run \"ircd link remove %s\" on a third", name, name)
}

// register makes this server a member of its own network, if it is the first.
func (s *Store) register(ctx context.Context) error {
	st := s.now()
	if st.State != cluster.Alone {
		return nil
	}
	name := s.o.Cluster.Self.Name
	members, err := s.Members()
	if err != nil {
		return err
	}
	for other := range members { // of a network of which this server is all that is left
		if other != name {
			if err := s.Delete(ctx, store.Servers, other, 0); err != nil {
				return err
			}
		}
	}
	if m, _, ok, err := s.member(ctx, name); err == nil && ok && m.ID != st.ID {
		if err := s.Delete(ctx, store.Servers, name, 0); err != nil {
			return err
		}
	}
	return s.enrol(ctx, name, st.ID)
}

// refuse says why there must be nothing between this server and another one.
func (s *Store) refuse(c cluster.Card) error {
	st := s.now()
	switch {
	case c.State == cluster.Joining || st.State == cluster.Joining:
		return nil
	case c.State == cluster.Alone && st.State == cluster.Alone:
		return fmt.Errorf("%s is a network of its own, as this server is: to link them, run \"ircd link join\" on one, whose records are then those of the other", c.Name)
	case c.Group != st.Group:
		return fmt.Errorf("%s belongs to another network of this name: it has left this one, or this server has; run \"ircd link join\" on the one that is to join anew", c.Name)
	}
	m, _, ok, err := s.member(s.ctx, c.Name)
	if err == nil && ok && m.ID != c.ID {
		return otherServer(c.Name)
	}
	return nil // not yet known here, perhaps: it knows the identifier of the network
}

// hopeless reports whether fewer than a majority of the members are connected, and have
// not been for a moment: no leader can be elected.
func (s *Store) hopeless() bool {
	there, all, err := s.connected()
	if err != nil || there > all/2 {
		s.lonely.Store(0)
		return false
	}
	now := time.Now().UnixNano()
	s.lonely.CompareAndSwap(0, now)
	return now-s.lonely.Load() > int64(time.Second)
}

// connected returns how many members there are, and how many of them are connected, this
// server included.
func (s *Store) connected() (there, all int, err error) {
	members, err := s.Members()
	if err != nil {
		return 0, 0, err
	}
	there = 1
	for _, a := range s.node.Met() {
		if _, ok := members[a.Name]; ok {
			there++
		}
	}
	return there, len(members), nil
}
