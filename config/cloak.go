package config

// Cloaks: what others see instead of the address of a user. The same address
// always has the same cloak, so a ban on it works, and nobody can compute the
// address from it.
type Cloak struct {
	// Cloak the users who have mode x.
	Enabled bool `toml:"enabled" restart:"true"`
	// How cloaks end, by which people recognise them.
	Suffix string `toml:"suffix" form:"host" required:"true" restart:"true"`
	// The secret that cloaks are made with, 32 characters or more. Empty for one
	// that the server makes and keeps in its data folder. All servers of a
	// network need the same.
	Secret string `toml:"secret" form:"secret" secret:"true" restart:"true"`
}

func defaultCloak() Cloak {
	return Cloak{Enabled: true, Suffix: "ip"}
}
