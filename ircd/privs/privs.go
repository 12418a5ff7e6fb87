// Package privs lists the privileges of server operators.
//
// An operator class names the privileges it has. Each guards exactly what its
// row says.
package privs

// A Privilege is one thing that operators may be allowed to do.
type Privilege uint8

// The privileges.
const (
	Kill Privilege = iota
	Rehash
	Die
	Wallops
	Spy
	ChannelModes
	Override
	Accounts
	Channels
	NoFlood
	Force
	Identity
	Deoper
	Snomask
	Audit
	Links
	Ban
	Defcon
	Stats
	Announce
	VHosts
	Filter
	count
)

// A Row describes a privilege.
type Row struct {
	Name string
	Help string // for the reference
}

var table = [count]Row{
	Kill:         {"kill", "Remove users from the network (KILL)."},
	Rehash:       {"rehash", "Read the configuration again (REHASH)."},
	Die:          {"die", "Stop the server, or start it again (DIE, RESTART)."},
	Wallops:      {"wallops", "Speak to all operators and users with mode w (WALLOPS, GLOBOPS)."},
	Spy:          {"spy", "See real addresses, secret channels and hidden users."},
	ChannelModes: {"channel-modes", "Set the channel modes that are for operators (O, P)."},
	Override:     {"override", "Act in channels as their operators may, whatever they forbid (SAMODE, SATOPIC, SAKICK, RENAME, REDACT)."},
	Accounts:     {"accounts", "Make and change others' accounts (SAREGISTER)."},
	Channels:     {"channels", "Change others' channel registrations, suspend and forbid channels (ChanServ)."},
	NoFlood:      {"no-flood", "Send as fast as you like."},
	Force:        {"force", "Make others join and leave channels, and change their nick (SAJOIN, SAPART, SANICK)."},
	Identity:     {"identity", "Change the host, username and real name that are shown of others (CHGHOST, CHGIDENT, CHGNAME)."},
	Deoper:       {"deoper", "End that others are operators (DEOPER)."},
	Snomask:      {"snomask", "Receive the server's notices (user mode s)."},
	Audit:        {"audit", "Read what operators have done (AUDIT)."},
	Links:        {"links", "Link and unlink servers (CONNECT, SQUIT), and send clients away before this one stops (DRAIN)."},
	Ban:          {"ban", "Set, remove and see bans and what is like them (UBAN, KLINE, DLINE, SHUN, RESV, ELINE)."},
	Defcon:       {"defcon", "Set how alert the network is (DEFCON)."},
	Stats:        {"stats", "See how the server does, and who is connected to it (STATS, TRACE)."},
	Announce:     {"announce", "Tell all users something (GLOBAL)."},
	VHosts:       {"vhosts", "Give accounts hosts, and answer those who ask for one (HostServ)."},
	Filter:       {"spamfilter", "Set, remove and see spam filters (SPAMFILTER)."},
}

// All returns the rows, in the order of the constants.
func All() []Row { return table[:] }

// String returns the name of the privilege.
func (p Privilege) String() string { return table[p].Name }

// A Set is a set of privileges.
type Set uint32

// Has reports whether s has p.
func (s Set) Has(p Privilege) bool { return s&(1<<p) != 0 }

// Of returns the set of the privileges of these names; "*" is all. Names that do
// not exist are skipped: Unknown finds them.
func Of(names []string) (s Set) {
	for _, name := range names {
		for p, row := range table {
			if name == "*" || name == row.Name {
				s |= 1 << p
			}
		}
	}
	return s
}

// Unknown returns the first of the names that is not one of a privilege, or "".
func Unknown(names []string) string {
	for _, name := range names {
		if name != "*" && Of([]string{name}) == 0 {
			return name
		}
	}
	return ""
}
