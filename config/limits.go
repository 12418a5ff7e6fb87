package config

// How much of everything a client may use. Lengths are in bytes of UTF-8.
type Limits struct {
	// The longest nick.
	NickLength int `toml:"nick-length" range:"1..64"`
	// The longest user name, the part before the @.
	UserLength int `toml:"user-length" range:"1..32"`
	// The longest real name.
	RealnameLength int `toml:"realname-length" range:"1..300"`
	// The longest channel name, with its #.
	ChannelLength int `toml:"channel-length" range:"2..128"`
	// The longest topic.
	TopicLength int `toml:"topic-length" range:"1..390"`
	// The longest reason of a kick.
	KickLength int `toml:"kick-length" range:"1..390"`
	// The longest away message.
	AwayLength int `toml:"away-length" range:"1..390"`
	// The longest channel key.
	KeyLength int `toml:"key-length" range:"1..64"`
	// How many channels a user may be in.
	ChannelsPerUser int `toml:"channels" range:"1..10000"`
	// How many entries the bans, exceptions and invite exceptions of a channel
	// may have together.
	ListModes int `toml:"channel-list-modes" range:"1..10000"`
	// How many nicks a client may watch with MONITOR.
	Monitor int `toml:"monitor" range:"1..10000"`
	// How many masks a user may have on the SILENCE list.
	Silence int `toml:"silence" range:"1..1000"`
	// How many nicks a user may have on the ACCEPT list.
	Accept int `toml:"accept" range:"1..1000"`
	// To how many targets one message may go.
	Targets int `toml:"targets" range:"1..20"`
	// How many modes with a parameter one MODE may change.
	Modes int `toml:"modes" range:"1..20"`
	// How many bytes a message of several lines may have (draft/multiline).
	MultilineBytes Size `toml:"multiline-bytes" range:"512..64KiB"`
	// How many lines such a message may have. Clients that do not know them get as
	// many messages; each takes some hundred bytes of their send-queue. 0 for none:
	// a message has one line.
	MultilineLines int `toml:"multiline-lines" range:"0..500"`
	// How many users who have left the server remembers for WHOWAS.
	Whowas int `toml:"whowas" range:"0..1000000" restart:"true"`
	// How many bytes may wait for a client that reads too slowly, before it is
	// disconnected.
	SendQueue Size `toml:"send-queue" range:"16KiB..64MiB"`
	// How many bytes a client may send without ending the line, before it is
	// disconnected. A line that is merely too long is refused (417).
	ReadQueue Size `toml:"read-queue" range:"9KiB..1MiB"`
}

func defaultLimits() Limits {
	return Limits{
		NickLength:      32,
		UserLength:      18,
		RealnameLength:  150,
		ChannelLength:   64,
		TopicLength:     390,
		KickLength:      390,
		AwayLength:      200,
		KeyLength:       32,
		ChannelsPerUser: 100,
		ListModes:       100,
		Monitor:         100,
		Silence:         32,
		Accept:          64,
		Targets:         4,
		Modes:           4,
		MultilineBytes:  4 * KiB,
		MultilineLines:  32,
		Whowas:          1000,
		SendQueue:       1 * MiB,
		ReadQueue:       16 * KiB,
	}
}
