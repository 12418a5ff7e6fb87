package config

import "time"

// Hosts that accounts have: what others see instead of the address of who is logged in.
// They need accounts. HostServ gives them out.
type VHosts struct {
	// Show the hosts that accounts have.
	Enabled bool `toml:"enabled"`
	// Let people ask for a host. An operator has to approve it.
	Requests bool `toml:"requests"`
	// How long somebody who has asked for a host waits before asking again.
	Cooldown Duration `toml:"cooldown" range:"0s..365d"`
	// Words that are no part of a host that somebody asks for: who sees them is to know
	// that operators have given it.
	Reserved []string `toml:"reserved" form:"word"`
}

func defaultVHosts() VHosts {
	return VHosts{
		Enabled: true, Requests: true, Cooldown: Duration(24 * time.Hour),
		Reserved: []string{"admin", "ircop", "network", "oper", "operator", "root", "service", "services", "staff"},
	}
}
