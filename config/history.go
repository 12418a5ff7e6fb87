package config

import "time"

// What was said, so that those who come back can read it.
type History struct {
	// Keep history at all.
	Enabled bool `toml:"enabled" restart:"true"`
	// How many messages and events of one channel or conversation are kept. 0: any
	// number.
	Count int `toml:"count" range:"0..10000000"`
	// How much memory those of one channel or conversation take at most.
	Bytes Size `toml:"bytes" range:"64KiB..16GiB"`
	// How long they are kept. 0: as long as there is room.
	Age Duration `toml:"age" range:"0s..3650d"`
	// How much memory all history takes at most. The oldest goes first.
	Total Size `toml:"total" range:"1MiB..256GiB"`
	// What "sent" means for one who sees the own message: "strict", it is on the
	// disk; "relaxed", it will be within a moment.
	Durability string `toml:"durability" oneof:"strict|relaxed" restart:"true"`
	// From when on a member may read a channel's history: "none", from its
	// beginning; "registration", from when the member's account was registered, or
	// from the join without one; "join", from when the member joined. The founder of
	// a channel may choose another for it. Of a channel that is not registered and
	// that a stranger makes anew, there is no history.
	Cutoff string `toml:"cutoff" oneof:"none|registration|join"`
	// Let members who are banned read what was said since. They hear it, too.
	ReadBanned bool `toml:"read-banned"`
	// How many messages a client gets for one CHATHISTORY.
	ChatHistoryMax int `toml:"chathistory-max" range:"1..10000"`
	// How many messages a client gets for one request of ZNC's playback module.
	ZNCMax int `toml:"znc-max" range:"1..100000"`
	// How many messages of each channel a client that cannot ask is shown on
	// joining. 0: none. Who is always on, and was not there, is shown what was said
	// meanwhile, whatever this says.
	AutoReplay int `toml:"autoreplay" range:"0..1000"`
	// Let users delete what they have said, and operators of channels what was said
	// there.
	Redact bool `toml:"redact"`
	// How long after it was said its author can delete a message. 0: as long as it is
	// kept. Operators always can.
	RedactWindow Duration `toml:"redact-window" range:"0s..3650d"`
	// Let users edit what they have said. The texts before are kept with the message.
	Edit bool `toml:"edit"`
	// How long after it was said a message can be edited. 0: as long as it is kept.
	EditWindow Duration `toml:"edit-window" range:"0s..3650d"`
	// How what is said is kept, and what people may choose.
	Policy HistoryPolicy `toml:"policy"`
}

// How what is said is kept: "persistent", on the disk; "ephemeral", in memory until the
// server stops; "off", not at all. "persistent" is the most and "off" the least.
type HistoryPolicy struct {
	// In channels that are registered. Founders choose by CS SET HISTORY.
	Registered string `toml:"registered" oneof:"off|ephemeral|persistent"`
	// In other channels.
	Unregistered string `toml:"unregistered" oneof:"off|ephemeral|persistent"`
	// In private. Users choose by NS SET HISTORY; of what two choose, the lesser counts.
	Direct string `toml:"direct" oneof:"off|ephemeral|persistent"`
	// The least that may be chosen. "persistent" leaves no choice.
	Least string `toml:"least" oneof:"off|ephemeral|persistent"`
	// The most that may be chosen. "off" leaves no choice.
	Most string `toml:"most" oneof:"off|ephemeral|persistent"`
}

func defaultHistory() History {
	return History{
		Enabled:        true,
		Count:          100_000,
		Bytes:          16 * MiB,
		Age:            Duration(90 * 24 * time.Hour),
		Total:          512 * MiB,
		Durability:     "strict",
		Cutoff:         "none",
		ReadBanned:     true,
		ChatHistoryMax: 1000,
		ZNCMax:         2048,
		Redact:         true,
		Edit:           true,
		Policy: HistoryPolicy{
			Registered: "persistent", Unregistered: "persistent", Direct: "persistent", Least: "off", Most: "persistent",
		},
	}
}
