package cluster

import (
	"crypto/subtle"
	"fmt"
	"slices"
)

// routes returns the addresses that this server connects to by itself. NATS wants
// one at least if it is to have JetStream; that of the server itself does no harm.
func (n *Node) routes(m Mode) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if m.Forming {
		return m.Routes // one more would count as a member
	}
	all := slices.Concat(n.peers, m.Routes)
	if len(all) == 0 && m.jetStream() {
		all = []string{n.o.Listen}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// reroute lets NATS know of other addresses, and of keys that are trusted. It ends
// the connections whose key is not.
func (n *Node) reroute() error {
	n.mu.Lock()
	e, m := n.engine, n.mode
	n.mu.Unlock()
	if e == nil {
		return nil
	}
	o, err := n.engineOptions(m, e.token)
	if err != nil {
		return err
	}
	o.Cluster.Port = e.server.ClusterAddr().Port
	if err := e.server.ReloadOptions(o); err != nil {
		return fmt.Errorf("reconfigure NATS: %w", err)
	}
	return nil
}

// sameSecret compares without telling by its time how much of it is right.
func sameSecret(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
