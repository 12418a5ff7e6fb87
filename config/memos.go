package config

// Memos are short texts that people leave for the owners of accounts, who read them when
// they come back. They need accounts. MemoServ has them.
type Memos struct {
	// Let people leave memos for each other.
	Enabled bool `toml:"enabled"`
	// How many memos are kept for one account: when there are as many, no more come until
	// some are removed.
	PerAccount int `toml:"per-account" range:"1..1000"`
	// How many memos one account may send within an hour, from each server. 0: any number.
	PerHour int `toml:"per-hour" range:"0..10000"`
}

func defaultMemos() Memos { return Memos{Enabled: true, PerAccount: 50, PerHour: 60} }
