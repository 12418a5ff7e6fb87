package dispatch

import (
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/sasl"
)

// Mechanisms returns the SASL mechanisms by which the client can log in; there are none
// without accounts.
func (c *Conn) Mechanisms() sasl.Table {
	if c.Server.Accounts == nil {
		return nil
	}
	return c.Server.mechanismsFor(c.Peer.Secure)
}

// Offered returns the SASL mechanisms that the client is told of, also those for second
// factors.
func (c *Conn) Offered() sasl.Table {
	if c.Server.Accounts == nil {
		return nil
	}
	return c.Server.offeredFor(c.Peer.Secure)
}

// mechanismsFor returns the mechanisms for a connection. Certificates need TLS, and tokens
// must not be read by others.
func (s *Server) mechanismsFor(secure bool) sasl.Table {
	if !secure {
		return sasl.All.Only("SCRAM-SHA-256", "PLAIN")
	}
	all := sasl.All
	if s.Accounts.TakesTokens() {
		all = all.And(sasl.Bearer)
	}
	if s.Accounts.TakesPasskeys() {
		all = all.And(sasl.Passkey)
	}
	return all
}

func (s *Server) offeredFor(secure bool) sasl.Table {
	if secure {
		return s.mechanismsFor(true).And(sasl.Second.Only("TOTP"))
	}
	return s.mechanismsFor(false).And(sasl.Second.Only("TOTP"))
}

// factorTypes returns the second factors that can be added over a connection: the value
// of the capability.
func (s *Server) factorTypes(secure bool) string {
	types := []string{string(accounts.TOTP)}
	if secure {
		types = append(types, string(accounts.Certificate))
	}
	if secure && s.Accounts.TakesPasskeys() {
		types = append(types, string(accounts.Passkey))
	}
	return strings.Join(types, ",")
}
