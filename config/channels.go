package config

import "time"

// Channels.
type Channels struct {
	// The modes of a new channel. "+nt": only members speak, and only operators
	// of the channel change the topic. Modes with parameters have them after a
	// space, as in the command MODE.
	DefaultModes string `toml:"default-modes" form:"modes"`
	// Let only operators of the network make channels.
	OpersOnlyCreate bool `toml:"opers-only-create"`
	// How long a channel keeps its name after it has been renamed.
	RenameInterval Duration `toml:"rename-interval" range:"0s..24h"`
	// How long those who join a channel under its old name are sent to the new one.
	RenameForward Duration `toml:"rename-forward" range:"0s..720h"`
	// The largest channel that may be renamed: members whose clients do not know
	// of renaming are shown it as leaving and joining again.
	RenameMembers int `toml:"rename-members" range:"0..100000"`
	// Who may relay messages from other networks under the nicks of their senders
	// (RELAYMSG). "chanops": bridges that are operators of the channel. "opers":
	// only operators of the network. "off": nobody.
	Relaymsg string `toml:"relaymsg" oneof:"off|opers|chanops"`
	// The characters of which a relayed nick needs one, as in "alice/matrix". No
	// user's nick has them.
	RelaymsgSeparators string `toml:"relaymsg-separators" form:"separators" required:"true"`
	// What stands before commands to ChanServ that are said in a channel: with "!",
	// "!op alice" does what "CS OP #channel alice" does. Empty: nothing.
	Fantasy string `toml:"fantasy"`
	// Who may own channels.
	Registration ChannelRegistration `toml:"registration"`
}

// ChannelRegistration is registration of channels by their operators, with ChanServ.
// It needs accounts.
type ChannelRegistration struct {
	// Let users register channels. Channels that are registered stay so.
	Enabled bool `toml:"enabled"`
	// How many channels one account may own. 0: any number.
	PerAccount int `toml:"per-account" range:"0..100000"`
	// How many entries the list of access of a channel may have, and how many its
	// list of automatic kicks.
	MaxEntries int `toml:"max-entries" range:"1..10000"`
	// Keep channels whose names begin with the name of an account and a hyphen, as
	// #alice-tea, for that account. Others may join them, but not make or register them.
	AccountPrefixes bool `toml:"account-prefixes"`
	// How long a channel stays registered that nobody uses who has access to it. 0: for
	// ever. Operators can except channels (CS SET NOEXPIRE).
	Expire Duration `toml:"expire" range:"0s..3650d"`
	// How long before that the founder is warned, by a memo and by mail. A registration
	// does not end before that has passed.
	ExpireWarning Duration `toml:"expire-warning" range:"1m..365d"`
}

func defaultChannels() Channels {
	return Channels{
		DefaultModes:   "+nt",
		RenameInterval: Duration(time.Minute),
		RenameForward:  Duration(24 * time.Hour),
		RenameMembers:  1000,

		Relaymsg:           "chanops",
		RelaymsgSeparators: "/",

		Registration: ChannelRegistration{Enabled: true, PerAccount: 20, MaxEntries: 500, ExpireWarning: Duration(14 * 24 * time.Hour)},
	}
}
