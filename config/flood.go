package config

import "time"

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
	// How often a user may change the nick at once; after that, once in each
	// nick-interval. A change too many is refused.
	Nicks int `toml:"nicks" range:"1..1000"`
	// How long it takes until a user may change the nick once more.
	NickInterval Duration `toml:"nick-interval" range:"0s..1h"`
	// How many invitations a user may send at once; after that, one in each
	// invite-interval.
	Invites int `toml:"invites" range:"1..1000"`
	// How long it takes until a user may send one invitation more.
	InviteInterval Duration `toml:"invite-interval" range:"0s..1h"`
}

func defaultFlood() Flood {
	return Flood{Enabled: true, Burst: 100, PerSecond: 10,
		Nicks: 5, NickInterval: Duration(5 * time.Second), Invites: 10, InviteInterval: Duration(10 * time.Second)}
}
