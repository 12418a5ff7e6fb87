package server

import (
	"net"
	"net/netip"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/listener"
)

// serve serves the client of a connection. It leaves the group when the connection has
// ended, which may be later: see dispatch.Server.Serve.
func (s *Server) serve(sp spec, c *listener.Conn) {
	if !s.clients.enter() {
		return
	}
	s.Core.Serve(s.ctx, c, dispatch.Peer{
		Tor: sp.Tor, LoginOnly: sp.RequireLogin,
		Addr: sp.remote(c.Remote), Local: reached(c), Secure: c.Secure, CertFP: c.CertFP, CertFP512: c.CertFP512,
		WebSocket: c.WebSocket != "", STSOnly: c.STSOnly,
	})
}

// reached returns the address that the client has connected to, or zero if that
// was a proxy's.
func reached(c *listener.Conn) netip.AddrPort {
	t, ok := c.LocalAddr().(*net.TCPAddr)
	if !ok || c.Proxied {
		return netip.AddrPort{}
	}
	a := t.AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// remote returns the address of a client: for one who comes through Tor, that is not the
// daemon's.
func (sp spec) remote(a netip.AddrPort) netip.AddrPort {
	if !sp.Tor || dispatch.TorNetwork.Contains(a.Addr()) {
		return a
	}
	return netip.AddrPortFrom(dispatch.TorNetwork.Addr(), 0)
}
