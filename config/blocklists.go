package config

import "time"

// Lists of addresses that others keep in the DNS (DNSBL), such as of open proxies. Who
// connects waits for their answers, while the host name is looked up, too.
type Blocklists struct {
	// How long all of them are waited for. A list that does not answer has nothing to say.
	Timeout Duration `toml:"timeout" range:"100ms..10s"`
	// How long answers are remembered.
	Keep Duration `toml:"keep" range:"0s..24h"`
	// The DNS server to ask. Empty for that of the system. Many lists do not answer those
	// who ask through a public one.
	Server string `toml:"server" form:"hostport"`
	// Who is let in whatever the lists say, as in [spam]: "a:bob", "192.0.2.0/24",
	// "G:known-users". So are those whom UBAN exempts.
	Exempt []string `toml:"exempt" form:"subject"`
	// The lists.
	Lists []Blocklist `toml:"list"`
}

// A list, one [[blocklists.list]] for each. Ask its keeper whether you may use it.
type Blocklist struct {
	// Its zone.
	Zone string `toml:"zone" form:"server" required:"true"`
	// The answers that count, such as "127.0.0.2". Empty for all of 127.0.0.0/8.
	Replies []string `toml:"replies" form:"cidr"`
	// What happens to those who are on it. "report" tells operators, "login" lets only
	// those in who log in to an account, "refuse" lets nobody in, "ban" also bans the
	// address.
	Action string `toml:"action" oneof:"report|login|refuse|ban" required:"true"`
	// How long such a ban lasts.
	Duration Duration `toml:"duration" range:"0s..365d"`
	// What they are told, such as where they can see why, and have it changed.
	Reason string `toml:"reason"`
}

func defaultBlocklists() Blocklists {
	return Blocklists{Timeout: Duration(2 * time.Second), Keep: Duration(30 * time.Minute), Exempt: []string{}, Lists: []Blocklist{}}
}

func exampleBlocklist() Blocklist {
	return Blocklist{
		Zone: "dnsbl.example.org", Replies: []string{"127.0.0.2", "127.0.0.3"}, Action: "login", Duration: Duration(24 * time.Hour),
		Reason: "Your address is listed as an open proxy, see https://dnsbl.example.org",
	}
}
