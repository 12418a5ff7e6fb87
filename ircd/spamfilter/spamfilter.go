// Package spamfilter keeps the spam filters of a network: patterns that are looked for
// in what people say and in what they call themselves, and what is done to who says it.
//
// Patterns are regular expressions of RE2, whose time grows with the length of the text
// and no faster, or masks for those who do not know them. A pattern is looked for in
// the text as it is written, and again without colours and in plain letters, so that
// watches in Cyrillic letters, in bold or struck out are watches.
//
// Filters that operators set are records that the servers of a network share; others
// come from the configuration of a server and are its own.
package spamfilter

import (
	"time"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/store"
)

// A Target is where a filter looks.
type Target uint8

// The targets.
const (
	Channel Target = iota
	Private
	ChannelNotice
	PrivateNotice
	Topic
	Part
	Quit
	Away
	User
	DCC
	Tags
	Metadata
	targets
)

// A TargetRow describes a target.
type TargetRow struct {
	Target Target
	Letter byte
	Name   string
	Help   lang.Text
}

var targetRows = [targets]TargetRow{
	{Channel, 'c', "channel", "Messages to channels."},
	{Private, 'p', "private", "Messages to users."},
	{ChannelNotice, 'N', "channel-notice", "Notices to channels."},
	{PrivateNotice, 'n', "private-notice", "Notices to users."},
	{Topic, 't', "topic", "Topics of channels."},
	{Part, 'P', "part", "Reasons for leaving a channel."},
	{Quit, 'q', "quit", "Reasons for leaving the network."},
	{Away, 'a', "away", "Away messages."},
	{User, 'u', "user", "Who somebody is, as nick!user@host:real name: on connecting, and whenever a part of it changes."},
	{DCC, 'd', "dcc", "The names of files that are offered (DCC)."},
	{Tags, 'T', "tags", "The client-only tags of messages, such as reactions, as +name=value."},
	{Metadata, 'm', "metadata", "What users and channels say of themselves (METADATA), as key value."},
}

// Targets returns the targets.
func Targets() []TargetRow { return targetRows[:] }

// String returns the name of the target.
func (t Target) String() string { return targetRows[t].Name }

// An Action is what is done to those whom a filter meets.
type Action string

// The actions, the mildest first.
const (
	Report   Action = "report"
	Login    Action = "login"
	Block    Action = "block"
	TempShun Action = "tempshun"
	Shun     Action = "shun"
	Kill     Action = "kill"
	Ban      Action = "ban"
)

// An ActionRow describes an action.
type ActionRow struct {
	Action Action
	Help   lang.Text
}

var actionRows = []ActionRow{
	{Report, "Operators are told, and nothing else is done."},
	{Login, "Those who are not logged in are not heard, and asked to log in; others are heard."},
	{Block, "What was said is not heard, and who said it is told so."},
	{TempShun, "Nothing that is sent on this connection has an effect any more, and they are not told."},
	{Shun, "Their address is shunned for the duration, a day if none is given."},
	{Kill, "They are disconnected."},
	{Ban, "Their address is banned for the duration, a day if none is given."},
}

// Actions returns the actions, the mildest first.
func Actions() []ActionRow { return actionRows }

// severity orders actions; it is -1 for what is none.
func severity(a Action) int {
	for i, row := range actionRows {
		if row.Action == a {
			return i
		}
	}
	return -1
}

// Day is how long a ban or a shun lasts if a filter does not say.
const Day = 24 * time.Hour

// A Filter is one filter. It is not modified once it is made.
type Filter struct {
	ID      string        `json:"id"`      // by which people refer to it
	Targets string        `json:"targets"` // letters, in the order of the table
	Pattern string        `json:"pattern"` // "/regular expression/", or a mask
	Action  Action        `json:"action"`
	Lasts   time.Duration `json:"lasts,omitempty"`   // of a ban or shun; 0 is for good
	Forever bool          `json:"forever,omitempty"` // 0 was given
	Dry     bool          `json:"dry,omitempty"`     // it is only tried: nothing but counting is done
	Reason  string        `json:"reason,omitempty"`  // which they are told
	Note    string        `json:"note,omitempty"`    // which only operators see
	By      string        `json:"by"`                // who has set it; "" for the configuration
	Server  string        `json:"server"`            // and where
	Set     time.Time     `json:"set"`
}

// Until returns when a ban or shun by the filter ends, zero if never.
func (f *Filter) Until(now time.Time) time.Time {
	switch {
	case f.Forever:
		return time.Time{}
	case f.Lasts == 0:
		return now.Add(Day)
	}
	return now.Add(f.Lasts)
}

var schema = store.Schema[Filter]{Name: "spam filter"}
