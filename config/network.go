package config

// The network: what is the same on all its servers.
type Network struct {
	// The name of the network, as clients show it. It has no spaces.
	Name string `toml:"name" form:"network" required:"true"`
	// The address of a picture, which clients show beside the name, such as
	// "https://example.org/icon.png". Empty for none.
	Icon string `toml:"icon" form:"url"`
	// The address of a JSON document with the network's own emoji, which clients show
	// for ":name:". Empty for none. Channels have theirs in the metadata "draft/emoji".
	Emoji string `toml:"emoji" form:"url"`
}

func defaultNetwork() Network {
	return Network{Name: "Parley"}
}
