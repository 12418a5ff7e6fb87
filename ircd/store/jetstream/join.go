package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// join makes the server a member of a network. It tries until ctx ends, or the operator
// says that there is none yet.
func (s *Store) join(ctx context.Context) error {
	old, err := s.setAside(ctx)
	if err != nil {
		return err
	}
	if err := s.node.Wipe(); err != nil {
		return err
	}
	if err := s.node.Start(s.now().mode()); err != nil {
		return err
	}
	for told := ""; ; {
		name, err := s.joinAny(ctx)
		switch {
		case name != "" && err == nil:
			s.compare(ctx, old)
			return nil
		case err != nil:
			if told != err.Error() {
				s.log.Warn("the network could not be joined; trying again", "error", err)
			}
			told = err.Error()
		default:
			if what := s.awaited(); what != told {
				s.log.Info("waiting to join the network", "reason", what)
				told = what
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.o.Found:
			return s.foundAlone(ctx, old)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// awaited says what the server waits for.
func (s *Store) awaited() string {
	if len(s.node.Met()) > 0 {
		return "none of the servers that were met is part of a network; on the one that is to be the first, run \"ircd link found\""
	}
	return "no other server can be reached yet; see link.peers"
}

// foundAlone makes the server the first of a network, with the records it had.
func (s *Store) foundAlone(ctx context.Context, old *aside) error {
	if err := old.putBack(ctx, s); err != nil {
		return err
	}
	if err := s.become(func(st *state) { st.State = cluster.Alone }); err != nil {
		return err
	}
	return s.node.Start(s.now().mode())
}

// joinAny asks each server that has been met, and returns the name of the one that has
// let this one in.
func (s *Store) joinAny(ctx context.Context) (name string, err error) {
	for _, a := range s.node.Met() {
		if a.State == cluster.Joining {
			continue
		}
		b, err := s.node.Ask(ctx, a.Name, admitService, nil)
		var refusal *link.Refusal
		if errors.As(err, &refusal) {
			return "", fmt.Errorf("%s says: %w", a.Name, err)
		}
		if err != nil {
			continue
		}
		var adm admission
		if err := json.Unmarshal(b, &adm); err != nil {
			return "", err
		}
		return a.Name, s.enter(ctx, a, adm)
	}
	return "", nil
}

// enter becomes a member, as another server has allowed.
func (s *Store) enter(ctx context.Context, a cluster.Acquaintance, adm admission) error {
	err := s.become(func(st *state) {
		st.State, st.Group, st.Base, st.Complete = cluster.Member, adm.Group, adm.Base, false
		if st.Addresses = adm.Addresses; st.Addresses == nil {
			st.Addresses = map[string]string{}
		}
		st.Addresses[a.Name] = a.At
	})
	if err != nil {
		return err
	}
	m := s.now().mode()
	m.Forming = adm.Forming
	within, cancel := context.WithTimeout(ctx, forming)
	defer cancel()
	err = s.node.Start(m)
	if err == nil {
		err = s.copyFrom(within, a.Name)
	}
	if err == nil {
		err = s.become(func(st *state) { st.Complete = true })
	}
	if err == nil {
		s.follow()
		s.settle(ctx)
		s.safe(ctx)
		s.log.Info("this server has joined the network", "by", a.Name)
		return nil
	}
	back := s.become(func(st *state) { st.State, st.Group, st.Base = cluster.Joining, "", 0 })
	if back == nil {
		back = s.node.Start(s.now().mode())
	}
	if back == nil {
		back = s.node.Wipe()
	}
	return errors.Join(err, back)
}

// An aside is the file of the records that a server had before it joined.
type aside struct {
	path string // where they are kept, "" if there were none
	all  []bunt.Stored
}

// setAside keeps what the server has of its own: records of two origins are never
// mixed.
func (s *Store) setAside(ctx context.Context) (*aside, error) {
	all, _, err := s.Snapshot(ctx)
	if err != nil || len(all) == 0 {
		return &aside{}, err
	}
	if err := s.Store.Close(); err != nil {
		return nil, err
	}
	path, err := moveAside(s.o.Path, "before")
	if err != nil {
		return nil, err
	}
	return &aside{path, all}, s.openFile()
}

// moveAside gives the file of records another name.
func moveAside(path, why string) (to string, err error) {
	to = path + "." + why + "-" + time.Now().UTC().Format("20060102T150405.000")
	for _, end := range []string{"", ".manifest"} {
		if err := os.Rename(path+end, to+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return to, nil
}

// putBack lets the server have its records again.
func (a *aside) putBack(ctx context.Context, s *Store) error {
	if a.path == "" {
		return nil
	}
	if err := s.Store.Close(); err != nil {
		return err
	}
	for _, end := range []string{"", ".manifest"} {
		if err := os.Rename(a.path+end, s.o.Path+end); err != nil {
			return err
		}
	}
	return s.openFile()
}

// compare says which of the records that were set aside the network does not have, or has
// otherwise.
func (s *Store) compare(ctx context.Context, old *aside) {
	if old.path == "" {
		return
	}
	differ := map[string][]string{}
	for _, r := range old.all {
		now, err := s.Get(ctx, r.Shelf, r.Key)
		if err != nil || string(now.Value) != string(r.Value) {
			differ[r.Shelf] = append(differ[r.Shelf], r.Key)
		}
	}
	s.log.Warn("this server had records of its own, which are set aside: those of the network hold", "file", old.path)
	for shelf, keys := range differ {
		slices.Sort(keys)
		const most = 50
		names := strings.Join(keys[:min(len(keys), most)], " ")
		s.log.Warn("these records of its own the network does not have, or has otherwise", "shelf", shelf, "count", len(keys), "keys", names)
	}
}
