package network

import (
	"sync"

	"github.com/parley-irc/parley/ircd/state"
)

// changes are the users of this server of whom something is new, until the hook is told
// of them: they are noted under locks, and it is called without.
type changes struct {
	mu  sync.Mutex
	all []change
}

type change struct {
	user   *state.User
	joined bool
}

// noteChange notes that something is new about u.
func (n *Network) noteChange(u *state.User, joined bool) {
	if u == nil || !u.Local() || n.Hooks.Changed == nil {
		return
	}
	n.changes.mu.Lock()
	defer n.changes.mu.Unlock()
	n.changes.all = append(n.changes.all, change{u, joined})
}

// report tells the hook of what has been noted. It is called where no lock is held,
// after every event by which something may have been.
func (n *Network) report() {
	if n.Hooks.Changed == nil {
		return
	}
	n.changes.mu.Lock()
	all := n.changes.all
	n.changes.all = nil
	n.changes.mu.Unlock()
	for _, c := range all {
		n.Hooks.Changed(c.user, c.joined)
	}
}
