package config

// Users.
type Users struct {
	// The modes of a user who connects. "+x" hides the address (see [cloak]),
	// "+i" hides the user from those who share no channel.
	DefaultModes string `toml:"default-modes" form:"modes"`
}

func defaultUsers() Users {
	return Users{DefaultModes: "+x"}
}
