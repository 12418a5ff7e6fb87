package jetstream

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// Options are what Open needs.
type Options struct {
	// Path is the file of the copy.
	Path string
	// Cluster says how other servers are reached. Its Folder is where the server
	// remembers the network, too.
	Cluster cluster.Options
	// Found gets something when an operator decides, while Open waits, that this server
	// is the first of a new network.
	Found <-chan struct{}
	Log   *slog.Logger
}

// Open opens the records of the network. A server that has not been part of it yet joins,
// which takes until another server lets it in: Open returns when its records are complete,
// or ctx ends. One that was never linked and knows no other server is the first of a new
// network.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{o: o, log: o.Log, run: newRun(), waiting: map[string]chan error{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.open(ctx); err != nil {
		s.cancel()
		if s.node != nil {
			s.node.Close("it does not start")
		}
		s.loops.Wait()
		if s.Store != nil {
			s.Store.Close()
		}
		return nil, err
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) (err error) {
	if err := os.MkdirAll(s.o.Cluster.Folder, 0o700); err != nil {
		return err
	}
	if err := s.recall(); err != nil {
		return err
	}
	whole, err := s.openCopy()
	if err != nil {
		return fmt.Errorf("open the records: %w", err)
	}
	rev, err := s.Rev(ctx)
	if err != nil {
		return err
	}
	s.o.Cluster.ID, s.o.Cluster.Refuse, s.o.Cluster.Hopeless = s.now().ID, s.refuse, s.hopeless
	s.node = cluster.New(s.o.Cluster)
	s.node.SetMark(s.mark)
	s.node.Handle(admitService, s.admit)
	s.node.Handle(copyService, s.serveCopy)
	s.node.Handle(leaveService, s.release)
	s.loops.Go(s.tend) // this server may have to lead while it joins
	switch st := s.now(); {
	case st.State == cluster.Joining:
		err = s.join(ctx)
	case st.State == cluster.Member:
		if rev > st.Base {
			s.applied.Store(rev - st.Base)
		}
		if err = s.node.Start(st.mode()); err == nil && !whole {
			err = s.copyAgain(ctx)
		}
		if err == nil {
			s.follow()
			s.settle(ctx)
		}
	default:
		err = s.node.Start(st.mode())
	}
	if err != nil {
		return err
	}
	return s.register(ctx)
}

// recall reads what the server is, or decides it.
func (s *Store) recall() error {
	st, there, err := readState(s.o.Cluster.Folder)
	if err != nil {
		return err
	}
	if there && (st.State != cluster.Member || st.Complete) {
		s.state = st
		return nil
	}
	if st.ID == "" {
		st.ID = rand.Text()
	}
	// One that was admitted but did not get all asks again.
	s.state = state{ID: st.ID, Addresses: st.Addresses}
	return s.become(func(st *state) {
		if st.State = cluster.Alone; len(s.o.Cluster.Peers)+len(st.Addresses) > 0 {
			st.State = cluster.Joining
		}
	})
}

// openCopy opens the copy; whole is false if it has to be made anew. That of a member has to
// if it was damaged: what others have and it has lost would be missed for good.
func (s *Store) openCopy() (whole bool, err error) {
	err = s.openFile()
	if s.now().State != cluster.Member {
		return true, err
	}
	switch {
	case err == nil && s.Damage() == nil:
		return true, nil
	case err == nil:
		s.log.Error(s.Damage().String() + " The other servers have all of it, so it is copied from them.")
		if err := s.Store.Close(); err != nil {
			return false, err
		}
	case errors.Is(err, bunt.ErrUnreadable):
		s.log.Error("the records cannot be read, so they are copied from the other servers", "error", err)
	default:
		return false, err
	}
	if _, err := moveAside(s.o.Path, "damaged"); err != nil {
		return false, err
	}
	return false, s.openFile()
}

// openFile opens the file of the copy.
func (s *Store) openFile() (err error) {
	if s.Store, err = bunt.Open(s.o.Path); err == nil {
		s.Store.LogTo(s.log)
	}
	return err
}

// copyAgain gets all records from another server, as soon as one can be reached.
func (s *Store) copyAgain(ctx context.Context) error {
	s.log.Info("waiting for another server of the network, to copy its records")
	for {
		err := s.copyFromAny(ctx)
		if err == nil || !pause(ctx, 200*time.Millisecond) {
			return err
		}
	}
}

// settle waits for a moment until what this server has missed is here.
func (s *Store) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if !s.caughtUp(ctx) {
		s.log.Warn("the other servers are not reached; the records are those of the last time, and cannot be changed")
	}
}
