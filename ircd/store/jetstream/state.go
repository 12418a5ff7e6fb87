package jetstream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/parley-irc/parley/ircd/cluster"
)

// A state is what a server remembers of its network, in a file of its own.
type state struct {
	// ID names the server for as long as its data folder exists.
	ID string `json:"id"`
	// State is what the server is.
	State cluster.State `json:"state"`
	// Group is the network's identifier, and Base the revision after which its log begins.
	Group string `json:"group,omitempty"`
	Base  uint64 `json:"base,omitempty"`
	// Complete means that the records of the network are all here. Until then the
	// server has only been admitted.
	Complete bool `json:"complete,omitempty"`
	// Addresses are where the other servers were reached, by name.
	Addresses map[string]string `json:"addresses,omitempty"`
	Since     time.Time         `json:"since"`
}

const stateName = "network.json"

// StatePath returns the path of the file in a folder.
func StatePath(folder string) string { return filepath.Join(folder, stateName) }

// readState reads the file; there is false if there is none.
func readState(folder string) (st state, there bool, err error) {
	b, err := os.ReadFile(StatePath(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return st, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &st)
	}
	if err != nil {
		return st, false, fmt.Errorf("read what is known of the network: %w", err)
	}
	return st, true, nil
}

// write replaces the file, durably.
func (st state) write(folder string) error {
	b, err := json.MarshalIndent(st, "", "\t")
	if err != nil {
		return err
	}
	temp := StatePath(folder) + ".new"
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, StatePath(folder)); err != nil {
		return err
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// now returns the state.
func (s *Store) now() state {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	return s.state
}

// become changes the state, on disk first.
func (s *Store) become(change func(*state)) error {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	next := s.state
	change(&next)
	if next.State != s.state.State {
		next.Since = s.o.Cluster.Clock.Now().UTC()
	}
	if err := next.write(s.o.Cluster.Folder); err != nil {
		return fmt.Errorf("remember the network: %w", err)
	}
	s.state = next
	return nil
}

func (s *Store) alone() bool  { return s.now().State == cluster.Alone }
func (s *Store) base() uint64 { return s.now().Base }

// mode returns what the node does in this state.
func (st state) mode() cluster.Mode {
	m := cluster.Mode{State: st.State, Group: st.Group}
	for _, address := range st.Addresses {
		m.Routes = append(m.Routes, address)
	}
	return m
}

// A Membership is what a server is to a network, for those who only read its folder.
type Membership struct {
	State cluster.State
	ID    string
	Since time.Time
}

// ReadMembership reads what the server of a folder is; ok is false if it was never to
// be linked.
func ReadMembership(folder string) (m Membership, ok bool, err error) {
	st, ok, err := readState(folder)
	return Membership{st.State, st.ID, st.Since}, ok, err
}
