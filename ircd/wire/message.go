// Package wire is how IRC looks on the wire: messages and their tags, parsing,
// the one serialiser, and frames, which are serialised once for many clients.
//
// There is one serialiser so that one place keeps the rules that others have
// broken to their cost: whatever it is given, it cannot write a line break
// inside a line, a parameter that reads as two, or more bytes than a client
// must accept. Input that would need it is replaced, and the line still sent.
package wire

import (
	"github.com/ergochat/irc-go/ircmsg"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
)

// Limits of https://ircv3.net/specs/extensions/message-tags#size-limit and of
// RFC 1459, in bytes.
const (
	MaxBody       = 512                         // a line without its tags, with CR LF
	MaxClientTags = ircmsg.MaxlenTagsFromClient // tags sent by a client, with "@" and the space
	MaxTags       = ircmsg.MaxlenTags           // tags sent to a client, likewise
	MaxLine       = MaxClientTags + MaxBody     // the longest line a client may send
	MaxLabel      = 64                          // the value of the tag "label"
)

// A Message is one IRC message.
type Message struct {
	Tags    Tags
	Source  string // without ":"; "" if there is none
	Command string
	Params  []string
	// Text, unless it is nil, is one more parameter: the last one, which everybody
	// reads in a language of their own.
	Text *lang.Phrase
}

// A Tag is one message tag. Its value is not escaped.
type Tag struct{ Key, Value string }

// ClientOnly reports whether the tag is one that servers relay as it is.
func (t Tag) ClientOnly() bool { return len(t.Key) > 0 && t.Key[0] == '+' }

// Tags are the tags of a message, in order.
type Tags []Tag

// Get returns the value of the tag key, or "".
func (t Tags) Get(key string) string {
	value, _ := t.Has(key)
	return value
}

// Has returns the value of the tag key, and whether there is such a tag.
func (t Tags) Has(key string) (value string, ok bool) {
	for i := range t {
		if t[i].Key == key {
			return t[i].Value, true
		}
	}
	return "", false
}

// ClientOnly returns the client-only tags, which are relayed to other clients.
// The result is nil if there are none.
func (t Tags) ClientOnly() (only Tags) {
	for _, x := range t {
		if x.ClientOnly() {
			only = append(only, x)
		}
	}
	return only
}

// Param returns the parameter i, counted from 0, or "" if there are not as many.
func (m *Message) Param(i int) string {
	if i < len(m.Params) {
		return m.Params[i]
	}
	return ""
}

// String returns m as a line with all its tags and without CR LF, for tests.
func (m Message) String() string {
	b := m.Append(nil, ^caps.Set(0))
	return string(b[:len(b)-2])
}
