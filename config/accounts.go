package config

import "time"

// Accounts of users, and how passwords are kept.
type Accounts struct {
	// Have accounts. When off, nobody can log in and "ircd account" is refused.
	Enabled bool `toml:"enabled" restart:"true"`
	// Who may register accounts.
	Registration Registration `toml:"registration"`
	// Who may use a nick that belongs to an account: "strict", only the owner, logged
	// in; "timeout", who is not the owner has to log in within nick-grace, or becomes a
	// guest; "optional", everybody, but for owners who set "enforce".
	NickReservation string `toml:"nick-reservation" oneof:"strict|timeout|optional"`
	// How long somebody may have a nick that belongs to somebody else: to log in, or to
	// choose another.
	NickGrace Duration `toml:"nick-grace" range:"10s..10m"`
	// What those are called who get no other nick, with a digit for each "?". Nobody
	// can register such a name.
	GuestNick string `toml:"guest-nick" form:"guest"`
	// Let several clients be one user: those that log in to the same account and
	// ask for the same nick.
	Multiclient bool `toml:"multiclient"`
	// Users who stay while they are not connected, until they come back: "off",
	// "opt-in" (who wants it), "opt-out" (who does not refuse it) or "mandatory".
	AlwaysOn string `toml:"always-on" oneof:"off|opt-in|opt-out|mandatory"`
	// How many of the last logins are kept for each account, with their addresses, for
	// its owner to see. 0 for none.
	LoginHistory int `toml:"login-history" range:"0..100"`
	// How long an account may be unused until it is removed, with its names and data. Who
	// has confirmed an address is written to a month before. 0s: for ever.
	ExpireAfter Duration `toml:"expire-after" range:"0s..3650d"`
	// Let nobody in without an account, other than to register one.
	Required bool `toml:"required"`
	// How much memory it takes to compute the hash of one password (argon2id):
	// more makes a stolen one harder to guess, and each log-in dearer.
	Argon2Memory Size `toml:"argon2-memory" range:"8KiB..4GiB" restart:"true"`
	// How many passes over that memory it takes.
	Argon2Iterations int `toml:"argon2-iterations" range:"1..100" restart:"true"`
	// How many threads compute one hash. Eight KiB of memory each is the least.
	Argon2Threads int `toml:"argon2-threads" range:"1..64" restart:"true"`
	// How many hashes are computed at a time; who comes later waits, so that a
	// flood of log-ins leaves the rest of the server alone. 0: half as many as
	// there are processors.
	HashWorkers int `toml:"hash-workers" range:"0..256" restart:"true"`
	// How long a log-in waits for its turn before it is told to try again.
	HashQueue Duration `toml:"hash-queue" range:"1s..10m" restart:"true"`
	// Keys of devices that log in.
	Passkeys Passkeys `toml:"passkeys"`
	// Issuers of tokens that log in.
	Issuers []Issuer `toml:"issuer"`
	// A program that knows accounts.
	Script Script `toml:"script"`
	// A directory that knows people.
	LDAP LDAP `toml:"ldap"`
}

// Registration of accounts by their users.
type Registration struct {
	// Let users register accounts, by their client (REGISTER) or NickServ.
	Enabled bool `toml:"enabled"`
	// Let clients register an account while they connect.
	BeforeConnect bool `toml:"before-connect"`
	// Ask for an e-mail address, which is confirmed by a code that is sent to it.
	EmailRequired bool `toml:"email-required"`
	// How long such a code can be used. Accounts that nobody has confirmed by then are
	// removed.
	VerifyWithin Duration `toml:"verify-within" range:"10m..30d"`
	// How many accounts one address may register within an hour. 0: any number.
	PerHour int `toml:"per-hour" range:"0..10000"`
}

func defaultAccounts() Accounts {
	return Accounts{
		Enabled:          true,
		Registration:     Registration{Enabled: true, VerifyWithin: Duration(24 * time.Hour), PerHour: 10},
		LoginHistory:     10,
		NickReservation:  "strict",
		NickGrace:        Duration(time.Minute),
		GuestNick:        "Guest?????",
		Multiclient:      true,
		AlwaysOn:         "opt-in",
		HashQueue:        Duration(20 * time.Second),
		Argon2Memory:     19 * MiB,
		Argon2Iterations: 2,
		Argon2Threads:    1,
		Passkeys:         defaultPasskeys(),
		Script:           defaultScript(),
		LDAP:             defaultLDAP(),
	}
}
