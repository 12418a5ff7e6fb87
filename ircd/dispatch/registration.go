package dispatch

import (
	"bytes"
	"context"
	"net/netip"
	"sync"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/blocklist"
	"github.com/parley-irc/parley/ircd/state"
)

// maxRegistrationLines is how many lines a client may send before it is
// registered.
const maxRegistrationLines = 64 * 20

// A Registration is what a client has said before 001, and what is being found out
// about it meanwhile.
type Registration struct {
	Nick, Ident, Realname string
	Refused               string // the nick that the client could not have
	Password              string
	Account               string
	Proof                 accounts.Proof // of being Account
	Away                  string
	Gateway               string // the host name that a gateway has told
	Metadata              state.Metadata
	Negotiating           bool // between CAP LS or REQ, and CAP END

	lines  int
	conn   *Conn
	lookup sync.WaitGroup
	cancel context.CancelFunc
	host   string
	ident  string
	listed []blocklist.Hit // which the address is on
}

func newRegistration(c *Conn) *Registration {
	return &Registration{conn: c, cancel: func() {}}
}

// Ready reports whether the client has said all that registration needs.
func (g *Registration) Ready() bool { return g.Nick != "" && g.Ident != "" && !g.Negotiating }

// lookUp starts to look up the host name and the ident.
func (g *Registration) lookUp() {
	s, cfg := g.conn.Server, g.conn.Server.Config().Server
	addr, local := g.conn.Peer.Addr, g.conn.Peer.Local
	ctx, cancel := context.WithCancel(g.conn.ctx)
	g.cancel = cancel
	g.askLists(ctx)
	if s.Lookup == nil || !addr.IsValid() || addr.Addr().IsLoopback() || g.conn.Peer.Tor || !cfg.ReverseDNS && !cfg.Ident {
		return
	}
	g.conn.PushText("NOTICE", []string{"*"}, "*** Looking up your host name...")
	if cfg.ReverseDNS {
		g.lookup.Go(func() { g.host, _ = s.Lookup.Host(ctx, addr.Addr().Unmap()) })
	}
	if cfg.Ident {
		g.lookup.Go(func() { g.ident, _ = s.Lookup.Ident(ctx, local, addr) })
	}
}

// Result waits until what is being found out is known. The host is the address if
// it has no name; ident is "" if nobody vouches for one.
func (g *Registration) Result() (host, ident string) {
	g.conn.Aside(g.lookup.Wait)
	g.cancel()
	addr := g.conn.Addr()
	switch {
	case g.Gateway != "":
		return g.Gateway, g.ident
	case g.host != "":
		return g.host, g.ident
	}
	return hostOf(addr), g.ident
}

// IsFirstLine reports whether the client has sent nothing before this line.
func (g *Registration) IsFirstLine() bool { return g.lines == 1 }

// Forget drops what has been found out about the address of a gateway, whose user
// has another.
func (g *Registration) Forget() {
	g.cancel()
	g.conn.Aside(g.lookup.Wait)
	g.host, g.ident, g.listed = "", "", nil
	ctx, cancel := context.WithCancel(g.conn.ctx)
	g.cancel = cancel
	g.askLists(ctx)
}

// hostOf returns an address as a host: one that begins with a colon could not be a
// parameter.
func hostOf(addr netip.Addr) string {
	if !addr.IsValid() {
		return "localhost"
	}
	s := addr.String()
	if s[0] == ':' {
		return "0" + s
	}
	return s
}

// RealAddr returns the client's address as text.
func (c *Conn) RealAddr() string { return hostOf(c.Addr()) }

// Registered notes that registration is complete.
func (c *Conn) Registered() {
	c.Registration = nil
	c.user.Store(c.User)
	c.Server.unknown.Add(-1)
	c.Server.Tally.Registered.Add(1)
	n, _, _ := c.Server.Counts()
	for most := c.Server.maximum.Load(); int64(n) > most && !c.Server.maximum.CompareAndSwap(most, int64(n)); {
		most = c.Server.maximum.Load()
	}
}

// isHTTP reports whether a first line is that of a web browser, whose page may be
// trying to speak IRC as the visitor.
func isHTTP(line []byte) bool {
	for _, method := range [...]string{"GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "DELETE ", "PATCH ", "CONNECT ", "TRACE "} {
		if bytes.HasPrefix(line, []byte(method)) && bytes.Contains(line, []byte(" HTTP/")) {
			return true
		}
	}
	return false
}
