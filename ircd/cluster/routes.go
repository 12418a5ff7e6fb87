package cluster

import (
	"crypto/subtle"
	"net/url"
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

// routeURLs returns the routes as NATS wants them.
func (n *Node) routeURLs(m Mode) (all []*url.URL) {
	for _, address := range n.routes(m) {
		all = append(all, &url.URL{Scheme: "nats-route", Host: address, User: url.UserPassword(n.o.Self.Name, n.o.Secret)})
	}
	return all
}

// sameSecret compares without telling by its time how much of it is right.
func sameSecret(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
