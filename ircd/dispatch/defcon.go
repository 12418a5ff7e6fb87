package dispatch

import (
	"net/netip"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

// shut is what those are told who cannot connect because the network is alert.
const shut lang.Text = "The network lets nobody in just now. Try again later"

// mayEnter refuses a client for whom the network is closed just now. Whoever is exempt
// from bans is exempt from that, too, and so are operators by certificate.
func (r *Request) mayEnter(v bans.Verdict) error {
	d := r.Server.Defcon
	switch {
	case r.Peer.LoginOnly && r.Account() == "":
		r.Fail(accountRequired.Because("Here, one can connect only by logging in to an account"))
		return Quit{Reason: "An account is required"}
	case v.Exempt != nil, r.Server.inside(r.Addr()), r.certified():
		return nil
	case d.Closed(defcon.Everybody):
		return Quit{Reason: shut}
	case d.Closed(defcon.Guests) && r.Account() == "":
		r.Fail(accountRequired.Because("Just now, one can connect only by logging in to an account"))
		return Quit{Reason: "An account is required"}
	}
	return nil
}

// inside reports whether an address is of this machine.
func (s *Server) inside(addr netip.Addr) bool { return !addr.IsValid() || addr.IsLoopback() }

// certified reports whether the client has the certificate of an operator.
func (c *Conn) certified() bool {
	for _, o := range c.Server.Config().Opers {
		if o.CertFP != "" && casemap.ASCII.Equal(o.CertFP, c.Peer.CertFP) {
			return true
		}
	}
	return false
}

// shutFor reports whether nobody from an address is let in, whoever it is. Whether
// somebody is an operator is known only after the handshake of TLS.
func (s *Server) shutFor(addr netip.Addr, secure bool) bool {
	if !s.Defcon.Closed(defcon.Everybody) || s.inside(addr) {
		return false
	}
	if s.Bans != nil && s.Bans.MayExempt(addr, s.Now()) {
		return false
	}
	if !secure {
		return true
	}
	for _, o := range s.Config().Opers {
		if o.CertFP != "" {
			return false
		}
	}
	return true
}

// Registrations reports whether the client may register an account or a channel now.
// Operators may make them for others at any time.
func (r *Request) Registrations() bool {
	return !r.Server.Defcon.Closed(defcon.Registrations) || r.May(privs.Accounts) || r.May(privs.Channels)
}
