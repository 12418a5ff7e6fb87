package config

import "time"

// How many connections are accepted, in all and from one place. A place is an
// address, or a network of the sizes below.
type Connections struct {
	// How many clients the server has at most. 0: as many as the limits of the
	// operating system allow.
	MaxClients int `toml:"max-clients" range:"0..10000000"`
	// Count connections by place. Turn it off when all come through a gateway
	// that does not tell who they are.
	Enabled bool `toml:"enabled"`
	// How many connections one place may have at a time.
	PerAddress int `toml:"per-address" range:"1..1000000"`
	// How many new connections one place may make within the window.
	Rate int `toml:"new-connections" range:"1..1000000"`
	// How long that window is.
	Window Duration `toml:"window" range:"1s..1d"`
	// How many leading bits of an IPv4 address make a place; 32 is one address.
	IPv4Prefix int `toml:"ipv4-prefix" range:"1..32"`
	// How many leading bits of an IPv6 address make a place. Homes and servers
	// usually have 64 bits of their own.
	IPv6Prefix int `toml:"ipv6-prefix" range:"1..128"`
	// The addresses and networks that are not counted.
	Exempt []string `toml:"exempt" form:"cidr"`
}

func defaultConnections() Connections {
	return Connections{
		Enabled:    true,
		PerAddress: 16,
		Rate:       32,
		Window:     Duration(10 * time.Minute),
		IPv4Prefix: 32,
		IPv6Prefix: 64,
		Exempt:     []string{"127.0.0.0/8", "::1/128"},
	}
}
