package config

// Metadata of users and channels, such as avatars and display names.
type Metadata struct {
	// Offer metadata at all.
	Enabled bool `toml:"enabled"`
	// Let clients set their metadata before they are registered.
	BeforeConnect bool `toml:"before-connect"`
	// How many keys a client may subscribe to.
	MaxSubs int `toml:"max-subs" range:"1..1000"`
	// How many keys a user or a channel may have.
	MaxKeys int `toml:"max-keys" range:"1..1000"`
	// The longest key, in bytes.
	MaxKeyBytes int `toml:"max-key-bytes" range:"12..64"`
	// The longest value, in bytes of UTF-8. With the names of the server, the
	// channel and the key it has to fit on a line.
	MaxValueBytes int `toml:"max-value-bytes" range:"1..400"`
	// How much all keys and values of a user or a channel may have together.
	MaxBytes Size `toml:"max-bytes" range:"512..256KiB"`
	// How many changes a user may make at once. Who makes more is told when to try
	// again.
	Burst int `toml:"burst" range:"1..10000"`
	// How many more changes a user may make each minute.
	PerMinute int `toml:"per-minute" range:"1..10000"`
	// The largest channel whose metadata is sent on joining. Clients that join a
	// larger one are told to ask for it.
	SyncMembers int `toml:"sync-members" range:"0..100000"`
}

func defaultMetadata() Metadata {
	return Metadata{
		Enabled:       true,
		BeforeConnect: true,
		MaxSubs:       50,
		MaxKeys:       50,
		MaxKeyBytes:   48,
		MaxValueBytes: 300,
		MaxBytes:      8 * KiB,
		Burst:         30,
		PerMinute:     30,
		SyncMembers:   200,
	}
}
