package config

import "time"

// Push notifications (Web Push), which wake the phone or browser of somebody who is
// away when they are spoken to. The server sends them, encrypted for the device, to
// the address that the device has told it, at a push service such as that of the maker
// of the phone. It needs accounts, and HTTPS to the internet.
type WebPush struct {
	// Send notifications to devices that ask for them.
	Enabled bool `toml:"enabled"`
	// How long a notification waits. What its owner reads meanwhile elsewhere, or
	// its author deletes, is not sent.
	Delay Duration `toml:"delay" range:"0s..10m"`
	// How many devices an account may have.
	MaxDevices int `toml:"max-devices" range:"1..100"`
	// For how long a device is told that has not asked again. Clients do every day
	// or so.
	Expire Duration `toml:"expire" range:"1d..365d"`
	// Whom push services may write to about this server: an e-mail address, or a
	// web site "https://…". Empty for the server's admin-email or, without, its name.
	Contact string `toml:"contact" form:"contact"`
	// The ports of push services that are spoken to.
	Ports []string `toml:"ports" form:"port"`
	// Addresses that are not on the internet, where there is a push service all
	// the same. Others are never spoken to: who asks for notifications must not
	// reach by this server what is only for the machines around it.
	Private []string `toml:"private-networks" form:"cidr"`
}

func defaultWebPush() WebPush {
	return WebPush{
		Enabled: true, Delay: Duration(3 * time.Second), MaxDevices: 10,
		Expire: Duration(30 * 24 * time.Hour), Ports: []string{"443"}, Private: []string{},
	}
}
