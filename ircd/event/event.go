package event

import "time"

// An Event is something that happened on the network.
type Event struct {
	Stamp
	// UID is the user who did it, or "" if it was a server. Unlike a nick, it
	// never changes.
	UID string
	// Source is nick!user@host at that time, or the name of the server.
	Source  string
	Account string // of the user, or ""
	Bot     bool   // the user is marked as a bot
	Oper    string // what draft/oper-tag tells others, or ""
	Facts   []Fact
	Body    Body
	// Kept are the buffers of the history that the event is kept in. The server where
	// it happened decides that, and the others follow, so that all keep the same.
	Kept []string
}

// Time returns the server-time of the event.
func (e *Event) Time() time.Time { return e.Stamp.Time() }

// A Body is the narrative of an event: one of the types of this package. To
// define another, add a type and a line to the table in codec.go, and a file to
// package network that applies it.
type Body interface{ body() }

// A Tag is a client-only tag of a message.
type Tag struct{ Key, Value string }

type (
	// Connected: a user completed registration.
	Connected struct{ Nick string }
	// Quit: a user left the network.
	Quit struct{ Reason string }
	// NickChanged: the user changed nick.
	NickChanged struct{ Nick string }
	// HostChanged: the ident or host that is shown changed.
	HostChanged struct{ Ident, Host string }
	// RealnameChanged: the user changed the real name.
	RealnameChanged struct{ Realname string }
	// AccountChanged: the user logged in, or out if Account is "".
	AccountChanged struct{ Account string }
	// AwayChanged: the user went away, or is back if Message is "".
	AwayChanged struct{ Message string }
	// UserModeChanged: user modes of Target changed; Changes belong to Facts one by one.
	UserModeChanged struct {
		Target  string
		Changes []Change
	}
	// Listed: a list of the user's own, such as SILENCE, changed. Nobody is told.
	Listed struct{}

	// UserMetaChanged: metadata of Target, a UID, changed as the Facts say.
	UserMetaChanged struct{ Target string }

	// Joined: the user joined a channel.
	Joined struct {
		Channel string
		Status  string // letters of status modes
		Created bool   // by this join
	}
	// Parted: the user left a channel.
	Parted struct{ Channel, Reason string }
	// Kicked: the user removed another from a channel. Removed tells the target
	// and the members a PART instead of a KICK.
	Kicked struct {
		Channel, Target, Reason string
		Nick                    string // of the target at that time
		Removed                 bool
	}
	// ModeChanged: modes of a channel changed; Changes belong to Facts one by one.
	ModeChanged struct {
		Channel string
		Changes []Change
	}
	// TopicSet: the user changed a topic.
	TopicSet struct{ Channel, Topic string }
	// ChannelMetaChanged: metadata of a channel changed as the Facts say.
	ChannelMetaChanged struct{ Channel string }
	// Renamed: the user gave a channel another name.
	Renamed struct{ Old, New, Reason string }
	// Invited: the user invited Target, a UID, to a channel.
	Invited struct{ Channel, Target, Nick string }
	// Uninvited: the user took an invitation back.
	Uninvited struct{ Channel, Target string }
	// Knocked: the user asks to be invited.
	Knocked struct{ Channel, Text string }

	// MessageSent: a PRIVMSG, NOTICE or TAGMSG to a channel or a user.
	MessageSent struct {
		Command string
		// Target is the name of the channel, or the nick at that time.
		Target string
		// To is the UID if the target is a user.
		To string
		// Status is the prefix of the members who hear it, or 0 for all.
		Status byte
		Text   string
		// Lines are those of a message of several, whose Text is empty.
		Lines []Line
		Tags  []Tag
		// OpsOnly means that of a channel only half-operators and above hear it (mode
		// U), and of a private message nobody but the sender does (SILENCE).
		OpsOnly bool
		// Shown is the nick!user@host that others see instead of Source, in role play
		// and for messages that are relayed from elsewhere.
		Shown string
		// Relayer is the nick of the one who relays it, or "".
		Relayer string
		// Edited is when it got its text, if that is not the first; Trail are the texts
		// it had before, from the first.
		Edited Stamp     `cbor:",omitzero"`
		Trail  []Wording `cbor:",omitempty"`
	}
	// Edited: the user gave the message MsgID of a buffer of the history another text:
	// Message is what it is now.
	Edited struct {
		Buffer, MsgID string
		Message       MessageSent
	}
	// Redacted: the user deleted the message MsgID of a buffer of the history. Target
	// is what it was said to; To is the UID of the other if that is a user.
	Redacted struct{ Buffer, MsgID, Reason, Target, To string }
	// Forgotten: all that an account has said and done is removed from the history.
	Forgotten struct{ Account string }
	// MarkedRead: the user has read Target up to Time.
	MarkedRead struct {
		Identity, Target string
		Time             time.Time
	}
	// Told: a server tells Target, a UID, by a numeric reply or, if there is Source,
	// by a notice of that service.
	Told struct {
		Target string
		Code   int
		Args   []string
		Text   string
		Words  []any  `cbor:",omitempty"` // that the verbs of Text stand for: strings and whole numbers
		Source string `cbor:",omitempty"`
	}
	// Wallops: an operator told all who want to hear it.
	Wallops struct {
		Text string
		// Opers restricts it to operators (GLOBOPS).
		Opers bool
		// Server restricts it to those of this server (LOCOPS), unless it is "".
		Server string `cbor:",omitempty"`
	}
	// Announced: an operator told all users something.
	Announced struct{ Text string }
	// Informed: a server tells operators what concerns them.
	Informed struct {
		Letter byte // of the kind of notice, as user mode s has it
		Text   string
		Words  []any `cbor:",omitempty"` // that the verbs of Text stand for: strings and whole numbers
	}
	// Killed: an operator removed Target, a UID, from the network. Source and Account
	// are the target's, and Quit is what it is said to have quit with.
	Killed struct{ Target, Reason, Source, Account, Quit string }

	// Revealed: others see from now on that the user is in a channel (mode D).
	Revealed struct{ Channel string }
	// Heard: the server has merged all that servers have published up to these stamps,
	// by SID; its own is that of the event.
	Heard struct{ Up map[string]Stamp }
	// Ended: what was kept in a buffer of the history before Until is removed. It was said
	// in a channel that has made way for another one.
	Ended struct {
		Buffer string
		Until  Stamp
	}
	// Moved: what was kept in a buffer of the history is in another one, because the
	// channel has another name: of each server, by SID, what it has said up to a stamp.
	Moved struct {
		From, To string
		Up       map[string]Stamp
	}
	// LinkAsked: an operator wants that no other server is linked to Server, or that
	// all are again.
	LinkAsked struct {
		Server, Reason string
		Linked         bool
	}
	// Points: what the history of the server has. It is kept there, and of no concern to
	// others.
	Points struct {
		// Up is up to when it has all that happened on each server, by SID; Top is the
		// last that it has at all.
		Up, Top map[string]Stamp
		// Own is up to when each other server has been asked for what happened here,
		// and Asked for which of its finds.
		Own, Asked map[string]Stamp
		Finds      []Find
	}
	// Found: the server that says so has got what others may still be without, and do
	// not miss.
	Found struct{}
)

// A Find is what a server has got from others although it seemed to have it all: what
// happened on From.Server from one stamp to another. At is when it was there, zero as long as
// it comes.
type Find struct{ At, From, To Stamp }

// A Change is one mode set or unset, as clients read it.
type Change struct {
	Add    bool
	Letter byte
	Param  string
}

func (Connected) body()          {}
func (Quit) body()               {}
func (NickChanged) body()        {}
func (HostChanged) body()        {}
func (RealnameChanged) body()    {}
func (AccountChanged) body()     {}
func (AwayChanged) body()        {}
func (UserModeChanged) body()    {}
func (Listed) body()             {}
func (Joined) body()             {}
func (Parted) body()             {}
func (Kicked) body()             {}
func (ModeChanged) body()        {}
func (TopicSet) body()           {}
func (Invited) body()            {}
func (Uninvited) body()          {}
func (Knocked) body()            {}
func (MessageSent) body()        {}
func (Edited) body()             {}
func (Redacted) body()           {}
func (MarkedRead) body()         {}
func (Forgotten) body()          {}
func (Told) body()               {}
func (Wallops) body()            {}
func (Killed) body()             {}
func (Announced) body()          {}
func (Informed) body()           {}
func (Revealed) body()           {}
func (Heard) body()              {}
func (Points) body()             {}
func (Found) body()              {}
func (LinkAsked) body()          {}
func (Ended) body()              {}
func (Moved) body()              {}
func (UserMetaChanged) body()    {}
func (ChannelMetaChanged) body() {}
func (Renamed) body()            {}
