package config

// Bans of the network, which operators set by UBAN, KLINE and the like.
type Bans struct {
	// What those who are banned are told besides the reason, such as whom to write to:
	// "Questions? Write to abuse@example.org". Empty for nothing.
	Appeal string `toml:"appeal"`
}

func defaultBans() Bans { return Bans{} }
