package config

// Where the server accepts connections: one [[listener]] for each address. The
// listeners of your file replace these three, which only this machine reaches.
// To be reached by others, listen on ":6697" with TLS; leave 6667 to this
// machine, because what it carries can be read on the way.
type Listener struct {
	// An address and port, "127.0.0.1:6667" or "[::1]:6667"; a port of all
	// addresses, ":6697"; or a unix socket, "unix:/run/parley/irc.sock".
	Address string `toml:"address" form:"address" required:"true"`
	// Speak TLS here, with the certificate of [tls].
	TLS bool `toml:"tls"`
	// A certificate of this listener's own, instead of that of [tls].
	Cert string `toml:"cert" form:"path"`
	// The key of that certificate.
	Key string `toml:"key" form:"path"`
	// Speak IRC over WebSocket, for clients in a browser.
	WebSocket bool `toml:"websocket"`
	// Every connection begins with a PROXY header (version 1 or 2), because a
	// load balancer is in front. Connections without one are closed.
	Proxy bool `toml:"proxy"`
	// The daemon of Tor or I2P on this machine connects here for its users, whose addresses
	// are not known. They share the address fc00:dead:beef:4dad:: or, if the daemon tells
	// circuits apart by the PROXY protocol (see proxy), have one for each circuit in that
	// /64. They are the group tor-users.
	Tor bool `toml:"tor"`
	// Let only those in who log in to an account as they connect.
	RequireLogin bool `toml:"require-login"`
	// Only tell clients to come back with TLS (see [tls.sts]), and let nobody in.
	STSOnly bool `toml:"sts-only"`
}

func defaultListeners() []Listener {
	return []Listener{
		{Address: "127.0.0.1:6667"},
		{Address: "127.0.0.1:6697", TLS: true},
		{Address: "127.0.0.1:8097", WebSocket: true},
	}
}
