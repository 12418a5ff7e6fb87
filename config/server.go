package config

import "time"

// This server: its name, its files, and how it treats connections.
type Server struct {
	// The name of the server. It contains a dot but need not be a host name that
	// resolves. No other server of the network has it.
	Name string `toml:"name" form:"server" required:"true" restart:"true"`
	// A line about the server, shown by WHOIS and LINKS.
	Description string `toml:"description"`
	// The folder of what the server keeps: accounts, a self-signed certificate,
	// keys. It is made when it is missing. Nobody else needs to read it.
	DataDir string `toml:"data-dir" form:"path" required:"true" restart:"true"`
	// The language of the server's texts for those who have chosen none: the tag of one
	// that LANGUAGE lists, such as "de". What is told to everybody alike, such as why
	// somebody has quit, is in this language, too.
	Language string `toml:"language" form:"language"`
	// The file with the message of the day, shown to everybody who connects and
	// by MOTD. Empty for a short greeting that needs no file.
	MOTD string `toml:"motd" form:"path"`
	// The file with the rules of the network, shown by RULES. Empty for none.
	Rules string `toml:"rules" form:"path"`
	// The password that everybody needs to connect, as a hash made by
	// "ircd genpasswd". Empty for none: the server is open.
	Password string `toml:"password" form:"hash" secret:"true"`
	// Which names are equal, and which may be chosen. "ascii": only A to Z equal
	// a to z, and names have no other letters. "rfc1459": the same, and {}|^
	// equal []\~, as on old networks. "precis": letters of all scripts, without
	// names that look alike. All servers of a network need the same.
	Casemapping string `toml:"casemapping" oneof:"ascii|rfc1459|precis" restart:"true"`
	// Refuse messages that are not UTF-8, with an explanation. Almost every
	// client of today sends UTF-8; turn it off only for very old ones.
	UTF8Only bool `toml:"utf8-only"`
	// Look up the host name of whoever connects. Clients wait for it, two seconds
	// at most.
	ReverseDNS bool `toml:"reverse-dns"`
	// Ask the ident service of whoever connects for the name of the user.
	// Clients wait for it; few have the service.
	Ident bool `toml:"ident-lookup"`
	// The first line of ADMIN: where the server is.
	AdminLocation string `toml:"admin-location"`
	// The second line of ADMIN: who runs it.
	AdminDetails string `toml:"admin-details"`
	// The third line of ADMIN: the address to write to.
	AdminEmail string `toml:"admin-email"`
	// How long the first bytes of a connection may take: the TLS, WebSocket or
	// PROXY handshake.
	TimeoutHandshake Duration `toml:"handshake-timeout" range:"1s..2m"`
	// How long a client may take to register, that is to say who it is.
	TimeoutRegistration Duration `toml:"registration-timeout" range:"1s..10m"`
	// How long a client may be silent before it gets a PING.
	PingInterval Duration `toml:"ping-interval" range:"5s..1h"`
	// How long a client may be silent in all, the PING unanswered, before it is
	// disconnected. It is longer than ping-interval.
	PingTimeout Duration `toml:"ping-timeout" range:"10s..2h"`
	// Which client-only tags are taken off messages, without their plus: "typing",
	// "draft/react". ["*"] stands for all, ["*", "-typing"] for all but one.
	ClientTagDeny []string `toml:"client-tag-deny" form:"client-tag"`
	// Where users may upload files, to send others the address: an address to which
	// their clients POST, logged in as here. Empty for none.
	FileHost string `toml:"filehost" form:"url"`
	// What precedes the words that users give when they quit, so that nobody
	// takes them for the server's own, such as "Ping timeout".
	QuitPrefix string `toml:"quit-prefix"`
}

func defaultServer() Server {
	return Server{
		Name:                "irc.parley.example",
		Description:         "A Parley server",
		DataDir:             "data",
		Language:            "en",
		Casemapping:         "ascii",
		UTF8Only:            true,
		ReverseDNS:          true,
		TimeoutHandshake:    Duration(10 * time.Second),
		TimeoutRegistration: Duration(30 * time.Second),
		PingInterval:        Duration(90 * time.Second),
		PingTimeout:         Duration(150 * time.Second),
		ClientTagDeny:       []string{},
		QuitPrefix:          "Quit: ",
	}
}
