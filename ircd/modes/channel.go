package modes

// The letters of the channel modes that other packages name.
const (
	Founder, Admin, Operator, HalfOp, Voice = 'q', 'a', 'o', 'h', 'v'

	Ban, Exception, InviteException = 'b', 'e', 'I'

	KeyWord, Limit, Forward, Flood, JoinThrottle, History = 'k', 'l', 'f', 'F', 'j', 'H'

	InviteOnly, Moderated, NoExternal, OpTopic  = 'i', 'm', 'n', 't'
	Secret, Private, NoCTCP, NoNotice           = 's', 'p', 'C', 'T'
	NoColour, RegisteredOnly, RegisteredToSpeak = 'c', 'R', 'M'
	Auditorium, OpModerated, NoNickChange       = 'u', 'U', 'N'
	NoKnock, NoInvite, FreeInvite, TLSOnly      = 'K', 'V', 'g', 'z'
	OpersOnly, Permanent, Registered, Delayed   = 'O', 'P', 'r', 'D'
	RolePlay                                    = 'E'
)

// Channel returns the modes of channels. To support another, add a row here and
// its rule to state/permissions.go.
func Channel() *Table {
	return newTable(
		Mode{Letter: Founder, Name: "founder", Kind: Status, Prefix: '~', Syntax: "<nick>",
			Help: "Owns the channel; nobody else may take this status or kick them."},
		Mode{Letter: Admin, Name: "admin", Kind: Status, Prefix: '&', Syntax: "<nick>",
			Help: "Protected: channel operators cannot kick them or take their status."},
		Mode{Letter: Operator, Name: "op", Kind: Status, Prefix: '@', Syntax: "<nick>",
			Help: "Channel operator: changes modes and the topic, kicks and bans."},
		Mode{Letter: HalfOp, Name: "halfop", Kind: Status, Prefix: '%', Syntax: "<nick>",
			Help: "May kick and ban members without status, give voice and set the topic."},
		Mode{Letter: Voice, Name: "voice", Kind: Status, Prefix: '+', Syntax: "<nick>",
			Help: "May speak when the channel is moderated."},

		Mode{Letter: Ban, Name: "ban", Kind: List, Syntax: "<mask>",
			Help: "Those who match cannot join or speak. See HELP EXTBAN for masks."},
		Mode{Letter: Exception, Name: "banexception", Kind: List, Syntax: "<mask>",
			Help: "Bans do not apply to those who match."},
		Mode{Letter: InviteException, Name: "invex", Kind: List, Syntax: "<mask>",
			Help: "Those who match need no invitation to join."},

		Mode{Letter: KeyWord, Name: "key", Kind: Key, Syntax: "<key>", Parse: parseKey,
			Help: "Joining needs this key."},
		Mode{Letter: Limit, Name: "limit", Kind: Param, Syntax: "<members>", Parse: parseLimit,
			Help: "No more than this number of members may join."},
		Mode{Letter: Forward, Name: "forward", Kind: Param, Syntax: "<channel>",
			Help: "Those who cannot join because the channel is full, invite-only, or they are banned, join this channel instead."},
		Mode{Letter: Flood, Name: "flood", Kind: Param, Syntax: FloodSyntax, Parse: parseFlood,
			Help: "Limits how fast joins, messages, nick changes, knocks or repetitions may come, and says what happens to more."},
		Mode{Letter: JoinThrottle, Name: "joinflood", Kind: Param, Syntax: "<joins>:<seconds>", Parse: parseThrottle,
			Help: "No more than this number of joins within this many seconds."},
		Mode{Letter: History, Name: "history", Kind: Param, Syntax: HistorySyntax, Parse: parseHistory,
			Help: "No more than this number of messages and events is kept, for no longer than this, such as 12h or 7d. 0 keeps nothing."},

		Mode{Letter: InviteOnly, Name: "inviteonly", Kind: Flag, Help: "Joining needs an invitation."},
		Mode{Letter: Moderated, Name: "moderated", Kind: Flag, Help: "Only members with voice or a higher status may speak."},
		Mode{Letter: NoExternal, Name: "noextmsg", Kind: Flag, Help: "Only members may send messages to the channel."},
		Mode{Letter: OpTopic, Name: "topiclock", Kind: Flag, Help: "Only half-operators and above may change the topic."},
		Mode{Letter: Secret, Name: "secret", Kind: Flag, Help: "The channel is hidden from those who are not in it."},
		Mode{Letter: Private, Name: "private", Kind: Flag, Help: "The channel does not appear in WHOIS, and nobody may knock."},
		Mode{Letter: NoCTCP, Name: "noctcp", Kind: Flag, Help: "CTCP messages are refused, other than ACTION."},
		Mode{Letter: NoNotice, Name: "nonotice", Kind: Flag, Help: "Notices to the channel are refused."},
		Mode{Letter: NoColour, Name: "stripcolor", Kind: Flag, Help: "Colours and formatting are removed from messages."},
		Mode{Letter: RegisteredOnly, Name: "reginvite", Kind: Flag, Help: "Only users who are logged in may join."},
		Mode{Letter: RegisteredToSpeak, Name: "regmoderated", Kind: Flag, Help: "Only users who are logged in, or have voice, may speak."},
		Mode{Letter: Auditorium, Name: "auditorium", Kind: Flag, Help: "Members see only those with a status; half-operators and above see everyone."},
		Mode{Letter: OpModerated, Name: "opmoderated", Kind: Flag, Help: "What members without a status say is heard by half-operators and above only."},
		Mode{Letter: NoNickChange, Name: "nonick", Kind: Flag, Help: "Members without voice or a higher status cannot change their nick."},
		Mode{Letter: NoKnock, Name: "noknock", Kind: Flag, Help: "KNOCK is refused."},
		Mode{Letter: NoInvite, Name: "noinvite", Kind: Flag, Help: "INVITE is refused."},
		Mode{Letter: FreeInvite, Name: "freeinvite", Kind: Flag, Help: "Every member may invite."},
		Mode{Letter: TLSOnly, Name: "sslonly", Kind: Flag, Help: "Only users connected over TLS may join."},
		Mode{Letter: OpersOnly, Name: "operonly", Kind: Flag, Oper: true, Help: "Only server operators may join."},
		Mode{Letter: Permanent, Name: "permanent", Kind: Flag, Oper: true, Help: "The channel and its modes stay when the last member leaves."},
		Mode{Letter: Registered, Name: "registered", Kind: Flag, Fixed: true, Help: "The channel is registered."},
		Mode{Letter: Delayed, Name: "delayjoin", Kind: Flag, Help: "A join is shown to others only when the member speaks or gets a status."},
		Mode{Letter: RolePlay, Name: "roleplay", Kind: Flag, Help: "Members may speak as characters with NPC, NPCA and SCENE."},
	)
}
