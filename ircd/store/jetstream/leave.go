package jetstream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/store"
)

var errLeft = errors.New("this server leaves the network")

// Leave makes this server no member any more. Nothing can be committed afterwards, so it
// must be stopped; when it starts again, it is as one that was never linked, with the
// records the network had.
func (s *Store) Leave(ctx context.Context) error {
	if s.now().State != cluster.Member {
		return errors.New("this server is linked to no other")
	}
	s.leaving.Store(true)
	err := errors.New("no other server can be reached; to give the others up, run \"ircd link recover\"")
	for _, a := range s.node.Met() {
		var refusal *link.Refusal
		if a.State != cluster.Member {
			continue
		}
		if _, err = s.node.Ask(ctx, a.Name, leaveService, nil); err == nil {
			return s.forgetNetwork()
		}
		if errors.As(err, &refusal) {
			err = fmt.Errorf("%s says: %w", a.Name, err)
		}
	}
	s.leaving.Store(false)
	return err
}

// forgetNetwork removes what this server knows of the network.
func (s *Store) forgetNetwork() error {
	s.following()
	s.node.Close("It has left the network for good")
	if err := s.node.Wipe(); err != nil {
		return err
	}
	return os.Remove(StatePath(s.o.Cluster.Folder))
}

// release lets another server leave.
func (s *Store) release(ctx context.Context, c cluster.Card, _ []byte) ([]byte, error) {
	members, err := s.Members()
	if err != nil {
		return nil, err
	}
	if _, there := members[c.Name]; !there {
		return nil, nil // it has left already
	}
	if len(members) > 2 {
		return nil, s.remove(ctx, c.Name, len(members)-1)
	}
	return nil, s.part(ctx)
}

// part makes two servers that are a network two that are not: this one goes on alone.
func (s *Store) part(ctx context.Context) error {
	last, err := s.node.LogState(ctx)
	if err != nil {
		return err
	}
	for s.applied.Load() < last.Last {
		if !pause(ctx, 10*time.Millisecond) {
			return ctx.Err()
		}
	}
	s.loops.Go(func() {
		pause(s.ctx, 100*time.Millisecond) // until the answer is on its way
		if err := s.goOnAlone(s.ctx); err != nil && s.ctx.Err() == nil {
			s.log.Error("this server cannot go on alone; restart it", "error", err)
		}
	})
	return nil
}

// goOnAlone makes the server a network of one, with the records it has.
func (s *Store) goOnAlone(ctx context.Context) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.following()
	s.abandon()
	if err := s.beAlone(); err != nil {
		return err
	}
	s.log.Info("this server is a network of its own now")
	members, err := s.Members()
	if err != nil {
		return err
	}
	for name := range members {
		if name == s.o.Cluster.Self.Name {
			continue
		}
		s.node.Forget(name)
		if err := s.Store.Delete(ctx, store.Servers, name, 0); err != nil {
			return err
		}
	}
	return nil
}

// Remove removes another server that will not come back. It needs a majority of the
// servers that are then left, and the one to be removed.
func (s *Store) Remove(ctx context.Context, name string) error {
	members, err := s.Members()
	switch _, there := members[name]; {
	case err != nil:
		return err
	case name == s.o.Cluster.Self.Name:
		return errors.New("that is this server: run \"ircd link leave\"")
	case !there:
		return fmt.Errorf("there is no server %s in this network; \"ircd link status\" lists them", name)
	case s.addressOf(name) != "":
		return fmt.Errorf("%s is connected: run \"ircd link leave\" there", name)
	case len(members) == 2:
		return errors.New("this is the only other server; run \"ircd link recover\" to go on without it")
	}
	return s.remove(ctx, name, len(members)-1)
}

// remove makes a server no member, so that this many are left.
func (s *Store) remove(ctx context.Context, name string, left int) error {
	if err := s.Delete(ctx, store.Servers, name, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	// In this order, so that those who stay are those who have the log.
	if err := s.node.Expel(ctx, name); err != nil {
		return err
	}
	if err := s.node.SetReplicas(ctx, left); err != nil {
		return err
	}
	s.node.Forget(name)
	s.log.Info("a server is no member any more", "server", name)
	return nil
}

// Recover gives up all other servers: this one goes on alone, with the records it has. It
// is for when a majority is lost for good; what this server has not heard of is lost.
func (s *Store) Recover(ctx context.Context) error {
	if s.now().State != cluster.Member {
		return errors.New("this server is linked to no other")
	}
	there, all, err := s.connected()
	if err != nil {
		return err
	}
	if there > all/2 {
		return fmt.Errorf("%d of the network's %d servers can be reached, so nothing is to be recovered: run \"ircd link remove\" for one that is lost, or \"ircd link leave\"", there, all)
	}
	return s.goOnAlone(ctx)
}

// Rejoin lets a server that does not run forget its network: when it starts, it joins
// anew, and its records are set aside.
func Rejoin(folder string) error {
	st, there, err := readState(folder)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(folder, "jetstream")); err != nil {
		return err
	}
	if !there {
		return nil
	}
	return state{ID: st.ID, State: cluster.Joining, Addresses: st.Addresses, Since: time.Now().UTC()}.write(folder)
}
