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
	// How many new connections may be opened within mass-window, wherever they come from,
	// if nobody who is known has come from there before. More are told to try again. 0 for
	// any number.
	Mass int `toml:"mass-connections" range:"0..1000000"`
	// How long that window is.
	MassWindow Duration `toml:"mass-window" range:"1s..1h"`
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
		Mass:       1000,
		MassWindow: Duration(10 * time.Second),
		Exempt:     []string{"127.0.0.0/8", "::1/128"},
	}
}

// Other limits for some networks, one [[connection-class]] for each, such as for a school
// whose pupils share an address, or for a provider from which much abuse comes. Of several
// that an address is in, the first one counts.
type ConnectionClass struct {
	// The name.
	Name string `toml:"name" form:"group" required:"true"`
	// The addresses and networks.
	From []string `toml:"from" form:"cidr" required:"true"`
	// How many connections all of them may have together. 0 for any number.
	MaxClients int `toml:"max-clients" range:"0..10000000"`
	// How many connections one place may have at a time. 0 for any number.
	PerAddress int `toml:"per-address" range:"0..1000000"`
	// How many new connections one place may make within the window. 0 for any number.
	Rate int `toml:"new-connections" range:"0..1000000"`
	// How long that window is.
	Window Duration `toml:"window" range:"0s..1d"`
	// How many leading bits of an IPv4 address make a place. 0 is 32, one address.
	IPv4Prefix int `toml:"ipv4-prefix" range:"0..32"`
	// How many leading bits of an IPv6 address make a place. 0 is 64.
	IPv6Prefix int `toml:"ipv6-prefix" range:"0..128"`
}

func exampleConnectionClass() ConnectionClass {
	return ConnectionClass{Name: "school", From: []string{"192.0.2.0/24", "2001:db8::/48"}, PerAddress: 200, Rate: 200, Window: Duration(10 * time.Minute)}
}
