package config

// The network: what is the same on all its servers.
type Network struct {
	// The name of the network, as clients show it. It has no spaces.
	Name string `toml:"name" form:"network" required:"true"`
	// The address of a picture, which clients show beside the name, such as
	// "https://example.org/icon.png". Empty for none.
	Icon string `toml:"icon" form:"url"`
}

func defaultNetwork() Network {
	return Network{Name: "Parley"}
}
