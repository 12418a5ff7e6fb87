package caps

// A Row describes one capability. CAP LS, CAP REQ and the reference manual are
// made from it.
type Row struct {
	Name string
	URL  string // the specification
	Help string // one sentence: what a client gains by it
	// Needs are capabilities without which this one has no effect. They may be
	// requested in any order.
	Needs Set
	// Excludes are capabilities that a client cannot have as well.
	Excludes Set
	// Valued means that the specification requires a value: it is not offered
	// without one, and not to clients that cannot read values.
	Valued bool
	// Fixed means that it only informs: it is never acknowledged or withdrawn.
	Fixed bool
}

// The capabilities. The finished ones come first: a client that reads only one
// line of CAP LS gets as many as fit, in this order.
const (
	MultiPrefix Cap = iota
	AwayNotify
	AccountNotify
	AccountTag
	Batch
	CapNotify
	ChgHost
	EchoMessage
	ExtendedJoin
	ExtendedMonitor
	InviteNotify
	LabeledResponse
	MessageTags
	NoImplicitNames
	SASL
	ServerTime
	SetName
	StandardReplies
	STS
	UserhostInNames
	PreAway
	ExtendedISupport
	OperTag
	Whoami
	ChatHistory
	EventPlayback
	ReadMarker
	Redaction
	MessageEdit
	ChannelRename
	Metadata
	Metadata3
	AccountRegistration
	Multiline
	Relaymsg
	Persistence
	AuthToken
	WebPush
	WebPushSoju
	SelfMessage
	Playback
	Search
	SearchSoju
	Languages
	AccountRecovery
	TwoFactor
	ClientCert
)

const spec = "https://ircv3.net/specs/extensions/"

var table = [...]Row{
	MultiPrefix:     {Name: "multi-prefix", URL: spec + "multi-prefix", Help: "NAMES and WHO show all prefixes of a member, not only the highest."},
	AwayNotify:      {Name: "away-notify", URL: spec + "away-notify", Help: "Tells when users in the same channels go away or come back."},
	AccountNotify:   {Name: "account-notify", URL: spec + "account-notify", Help: "Tells when users in the same channels log in or out."},
	AccountTag:      {Name: "account-tag", URL: spec + "account-tag", Help: "Messages carry the account of their sender."},
	Batch:           {Name: "batch", URL: spec + "batch", Help: "Lines that belong together are marked as such."},
	CapNotify:       {Name: "cap-notify", URL: spec + "capability-negotiation#cap-notify", Help: "Tells when the server's capabilities change."},
	ChgHost:         {Name: "chghost", URL: spec + "chghost", Help: "Tells when a user's username or host changes."},
	EchoMessage:     {Name: "echo-message", URL: spec + "echo-message", Help: "A client's own messages are sent back to it as others see them."},
	ExtendedJoin:    {Name: "extended-join", URL: spec + "extended-join", Help: "JOIN carries the account and the real name."},
	ExtendedMonitor: {Name: "extended-monitor", URL: spec + "extended-monitor", Help: "Changes of monitored users are told as those of users in the same channels."},
	InviteNotify:    {Name: "invite-notify", URL: spec + "invite-notify", Help: "Tells when someone is invited to a channel."},
	LabeledResponse: {Name: "labeled-response", URL: spec + "labeled-response", Help: "Replies carry the label of the request that caused them.", Needs: Of(Batch)},
	MessageTags:     {Name: "message-tags", URL: spec + "message-tags", Help: "Messages carry tags, also those of other clients; allows TAGMSG."},
	NoImplicitNames: {Name: "no-implicit-names", URL: spec + "no-implicit-names", Help: "JOIN is not followed by the list of members."},
	SASL:            {Name: "sasl", URL: spec + "sasl-3.2", Help: "Logs in before the connection is registered."},
	ServerTime:      {Name: "server-time", URL: spec + "server-time", Help: "Messages carry the time at which they were sent."},
	SetName:         {Name: "setname", URL: spec + "setname", Help: "Allows changing the real name, and tells when others do."},
	StandardReplies: {Name: "standard-replies", URL: spec + "standard-replies", Help: "Understands FAIL, WARN and NOTE."},
	STS:             {Name: "sts", URL: spec + "sts", Help: "Tells clients to use TLS, now and in future.", Valued: true, Fixed: true},
	UserhostInNames: {Name: "userhost-in-names", URL: spec + "userhost-in-names", Help: "NAMES shows the username and host of each member."},

	PreAway:             {Name: "draft/pre-away", URL: spec + "pre-away", Help: "AWAY can be used before the connection is registered."},
	ExtendedISupport:    {Name: "draft/extended-isupport", URL: spec + "extended-isupport", Help: "The server's settings can be asked for before registration, in a batch."},
	OperTag:             {Name: "draft/oper-tag", URL: spec + "oper-tag", Help: "Messages of server operators are marked."},
	Whoami:              {Name: "draft/whoami", URL: "https://github.com/ircv3/ircv3-specifications/pull/603", Help: "The client learns its own user name and host.", Needs: Of(ChgHost)},
	ChatHistory:         {Name: "draft/chathistory", URL: spec + "chathistory", Help: "Messages sent earlier can be asked for."},
	EventPlayback:       {Name: "draft/event-playback", URL: spec + "chathistory", Help: "History contains joins, parts and other events.", Needs: Of(ChatHistory)},
	ReadMarker:          {Name: "draft/read-marker", URL: spec + "read-marker", Help: "A user's clients share how far each conversation was read."},
	Redaction:           {Name: "draft/message-redaction", URL: spec + "message-redaction", Help: "Messages can be deleted, and clients are told.", Needs: Of(MessageTags)},
	MessageEdit:         {Name: "draft/message-edit", URL: "https://github.com/ircv3/ircv3-specifications/pull/425", Help: "Messages can get another text, and clients are told.", Needs: Of(MessageTags)},
	ChannelRename:       {Name: "draft/channel-rename", URL: spec + "channel-rename", Help: "Tells when a channel gets a new name."},
	Metadata:            {Name: "draft/metadata-2", URL: spec + "metadata", Help: "Users and channels have metadata, for example avatars.", Needs: Of(Batch), Excludes: Of(Metadata3)},
	Metadata3:           {Name: "draft/metadata-3", URL: "https://github.com/ircv3/ircv3-specifications/pull/613", Help: "Users and channels have metadata, in the revised form.", Needs: Of(Batch), Excludes: Of(Metadata)},
	AccountRegistration: {Name: "draft/account-registration", URL: spec + "account-registration", Help: "Accounts can be registered with REGISTER."},
	Multiline:           {Name: "draft/multiline", URL: spec + "multiline", Help: "Messages may have several lines.", Needs: Of(Batch), Valued: true},
	Relaymsg:            {Name: "draft/relaymsg", URL: "https://github.com/ircv3/ircv3-specifications/pull/417", Help: "Bridges may send messages under the nicks of the users they relay.", Needs: Of(MessageTags)},
	Persistence:         {Name: "draft/persistence", URL: "https://github.com/ircv3/ircv3-specifications/pull/503", Help: "A user can stay online when all their clients are gone."},
	AuthToken:           {Name: "draft/authtoken", URL: "https://github.com/ircv3/ircv3-specifications/pull/602", Help: "Tokens for services elsewhere may be longer than a line.", Needs: Of(Batch)},
	WebPush:             {Name: "draft/webpush", URL: "https://github.com/ircv3/ircv3-specifications/pull/471", Help: "Devices are told by push notifications when their user is away and is spoken to."},
	WebPushSoju:         {Name: "soju.im/webpush", URL: "https://github.com/ircv3/ircv3-specifications/pull/471", Help: "The same as draft/webpush, by the name of its first implementation."},
	SelfMessage:         {Name: "znc.in/self-message", URL: "https://wiki.znc.in/Query_buffers", Help: "Direct messages that a user's other clients send are understood; all clients are sent them."},
	Playback:            {Name: "znc.in/playback", URL: "https://wiki.znc.in/Playback", Help: "History is not replayed unless asked for."},
	Search:              {Name: "draft/search", URL: "https://github.com/ircv3/ircv3-specifications/pull/496", Help: "What was said can be searched."},
	SearchSoju:          {Name: "soju.im/search", URL: "https://github.com/ircv3/ircv3-specifications/pull/496", Help: "The same as draft/search, by the name of its first implementation."},
	TwoFactor:           {Name: "draft/account-2fa", URL: "https://github.com/ircv3/ircv3-specifications/pull/610", Help: "A second factor can be asked for at login, and is managed with 2FA.", Needs: Of(SASL, StandardReplies), Valued: true},
	ClientCert:          {Name: "draft/client-cert", URL: "https://github.com/ircv3/ircv3-specifications/pull/584", Help: "The certificates that log in are managed with CLIENTCERT.", Needs: Of(SASL, StandardReplies)},
	AccountRecovery:     {Name: "draft/account-recovery", URL: "https://github.com/ObsidianIRC/ObbyIRCd", Help: "Who has forgotten the password can choose another, with RECOVER and SETPASS.", Needs: Of(StandardReplies)},
	Languages:           {Name: "draft/languages", URL: "https://gist.github.com/DanielOaks/8126122f74b26012a3de37db80e4e0c6", Help: "The server's texts can be read in other languages."},
}
