// Package config defines the configuration of a server: its sections, their
// defaults, and how a file and the environment change them.
//
// One file per section, because a section is what an operator reads at once.
// The comments of the fields are the comments of default.toml and the text of
// docs/reference/config.md; the values of Default are the defaults of both. To
// add a key, add a field with its comment, its tags and its default, and run
// "GENERATE=1 go test ./config". The tags of a field are
//
//	toml      its key
//	range     the least and the greatest value, "1..64", "1s..1h", "1KiB.."
//	oneof     the values it may have, "ascii|rfc1459|precis"
//	form      what a text has to look like: a row of the table in form.go
//	required  "true" if it may not be empty
//	restart   "true" if a change waits for the next start of the server
//	secret    "true" if its value is never shown
//
// The package knows nothing of the server: what only the server can judge, such
// as the letter of a mode, the server checks and reports with Config.Problem.
package config

// Config is the configuration of a server.
type Config struct {
	Network     Network     `toml:"network"`
	Server      Server      `toml:"server"`
	Listeners   []Listener  `toml:"listener"`
	TLS         TLS         `toml:"tls"`
	Proxy       Proxy       `toml:"proxy"`
	WebSocket   WebSocket   `toml:"websocket"`
	WebIRC      []WebIRC    `toml:"webirc"`
	Limits      Limits      `toml:"limits"`
	Flood       Flood       `toml:"flood"`
	Connections Connections `toml:"connections"`
	Channels    Channels    `toml:"channels"`
	Users       Users       `toml:"users"`
	Metadata    Metadata    `toml:"metadata"`
	Cloak       Cloak       `toml:"cloak"`
	VHosts      VHosts      `toml:"vhosts"`
	Memos       Memos       `toml:"memos"`
	Accounts    Accounts    `toml:"accounts"`
	Mail        Mail        `toml:"mail"`
	History     History     `toml:"history"`
	ExtJWT      ExtJWT      `toml:"extjwt"`
	AuthToken   AuthToken   `toml:"authtoken"`
	WebPush     WebPush     `toml:"webpush"`
	Link        Link        `toml:"link"`
	Opers       []Oper      `toml:"oper"`
	OperClasses []OperClass `toml:"oper-class"`
	Bans        Bans        `toml:"bans"`
	Logging     Logging     `toml:"logging"`
	Monitoring  Monitoring  `toml:"monitoring"`
	API         API         `toml:"api"`

	Spam              Spam              `toml:"spam"`
	SpamFilters       []SpamFilter      `toml:"spam-filter"`
	Newcomers         Newcomers         `toml:"newcomers"`
	SecurityGroups    []SecurityGroup   `toml:"security-group"`
	ConnectionClasses []ConnectionClass `toml:"connection-class"`
	Blocklists        Blocklists        `toml:"blocklists"`
	GeoIP             GeoIP             `toml:"geoip"`

	from origin
}

// Default returns the configuration of a server that has no configuration file.
func Default() *Config {
	return &Config{
		Network:     defaultNetwork(),
		Server:      defaultServer(),
		Listeners:   defaultListeners(),
		TLS:         defaultTLS(),
		Proxy:       defaultProxy(),
		WebSocket:   defaultWebSocket(),
		Limits:      defaultLimits(),
		Flood:       defaultFlood(),
		Connections: defaultConnections(),
		Channels:    defaultChannels(),
		Users:       defaultUsers(),
		Metadata:    defaultMetadata(),
		Cloak:       defaultCloak(),
		VHosts:      defaultVHosts(),
		Memos:       defaultMemos(),
		Accounts:    defaultAccounts(),
		Mail:        defaultMail(),
		History:     defaultHistory(),
		ExtJWT:      defaultExtJWT(),
		AuthToken:   defaultAuthToken(),
		WebPush:     defaultWebPush(),
		Link:        defaultLink(),
		OperClasses: defaultOperClasses(),
		Bans:        defaultBans(),
		Spam:        defaultSpam(),
		Newcomers:   defaultNewcomers(),
		Blocklists:  defaultBlocklists(),
		GeoIP:       defaultGeoIP(),
		Logging:     defaultLogging(),
		Monitoring:  defaultMonitoring(),
		API:         defaultAPI(),
	}
}
