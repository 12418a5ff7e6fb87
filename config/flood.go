package config

// Flood control. Every connection has a budget; a command takes 1 from it, one
// that costs the server more takes more, and time fills it again. While it is
// empty, the commands of that client wait their turn: nothing is lost, and
// nobody is disconnected for pasting a poem or joining fifty channels at once.
type Flood struct {
	// Control floods at all.
	Enabled bool `toml:"enabled"`
	// How full the budget is at first, and at most.
	Burst int `toml:"burst" range:"1..10000"`
	// How much comes back each second.
	PerSecond int `toml:"per-second" range:"1..1000"`
}

func defaultFlood() Flood {
	return Flood{Enabled: true, Burst: 100, PerSecond: 10}
}
