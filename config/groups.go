package config

import "time"

// Newcomers: those who are not known yet. They can do what everybody can, but together
// only so much in a short time, so that a wave of spammers cannot drown a channel or a
// user. Known is whose account exists, or who has been connected with it or from the same
// address, for a while.
type Newcomers struct {
	// Protect channels and users from many newcomers at once. Without control of floods,
	// [flood], they are not.
	Enabled bool `toml:"enabled"`
	// How long one is a newcomer.
	KnownAfter Duration `toml:"known-after" range:"0s..30d"`
	// How much of each of the following may be within this time.
	Window Duration `toml:"window" range:"1s..10m"`
	// How many newcomers may join one channel.
	Joins int `toml:"joins" range:"1..10000"`
	// How many lines all newcomers together may say to one channel. Newcomers there are
	// only those who have said their first line there less than half a minute ago. One of
	// them who has been there for this time may say four times as much while no other
	// says anything.
	Lines int `toml:"lines" range:"1..10000"`
	// How many messages and invitations newcomers may send to one user who has not
	// answered them. A single one may send four times as much to one or two.
	Private int `toml:"private" range:"1..10000"`
	// To how many users, who have not answered, one newcomer may write.
	Targets int `toml:"targets" range:"1..10000"`
	// How often one newcomer may say the same, to whomever.
	Repeats int `toml:"repeats" range:"1..10000"`
	// For how long a channel that still more newcomers press into is closed to them. It is
	// for as long again while they go on, at most ten times.
	Closed Duration `toml:"closed" range:"1s..1h"`
}

// A group of users, one [[security-group]] for each. Extended bans name it as in
// "G:friends". These are there without being written: known-users and unknown-users (see
// [newcomers]), registered-users, tls-users, websocket-users, webirc-users and tor-users.
type SecurityGroup struct {
	// The name.
	Name string `toml:"name" form:"group" required:"true"`
	// Who is in it, by any of these: addresses, networks, masks and extended bans, such as
	// "192.0.2.0/24", "a:bob", or "G:tls-users" for a group that is written before.
	Members []string `toml:"members" form:"subject"`
	// Also those who have been known for so long. 0 for nobody.
	KnownFor Duration `toml:"known-for" range:"0s..365d"`
	// Who is not in it, whatever else is so.
	Exclude []string `toml:"exclude" form:"subject"`
}

func defaultNewcomers() Newcomers {
	return Newcomers{
		Enabled: true, KnownAfter: Duration(10 * time.Minute), Window: Duration(10 * time.Second),
		Joins: 5, Lines: 3, Private: 2, Targets: 5, Repeats: 3, Closed: Duration(time.Minute),
	}
}

func exampleSecurityGroup() SecurityGroup {
	return SecurityGroup{Name: "friends", Members: []string{"a:alice", "192.0.2.0/24"}, Exclude: []string{"G:tor-users"}}
}
