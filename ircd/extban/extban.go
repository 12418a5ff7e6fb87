// Package extban compiles and matches the entries of ban lists: plain masks and
// extended bans. The channel lists b, e and I, server bans and security groups
// all use it, so that what somebody learned in one place is true in the others.
//
// An entry says whom it is about and, optionally, what it acts on:
//
//	nick!*@*                 everybody whom the mask matches
//	*!*@192.0.2.0/24         everybody from this network
//	a:bob                    or account:bob: everybody with this account
//	!a:bob                   everybody else
//	*!*@*.example&U:*        both: masks and extended bans joined by "&"
//	m:a:bob                  may not speak, but may join
//	f:#other:*!*@*.example   is sent to #other instead
//	t:60:m:a:bob             for an hour
//	T:block:*cheap watches*  what is said, instead of who says it
//
// An entry is an extended ban if it begins with the letter or the name of one and
// a colon; no mask can look like that, as neither nicks nor usernames have
// colons, but for the host mask of an IPv6 address, which is written *!*@a::1
// where its first group is the letter of an extended ban. Anything else with a
// colon where a nick would be is refused, lest a misspelt extended ban become a
// mask that never matches. "&" joins only if an extended ban follows it.
//
// The EXTBAN token announces an empty prefix. The tilde which other servers write
// before the letter is accepted and dropped, and names become letters: the
// canonical form of ~account:bob is a:bob. A list needs no OR, being one; NOT and
// AND make the rest.
//
// See https://modern.ircdocs.horse/#extban-parameter and
// https://ircv3.net/specs/extensions/account-extban.
package extban

import (
	"net/netip"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
)

// A Subject is a user, as far as entries can see one.
type Subject interface {
	// Masks returns the forms nick!user@host by which the user is known: with
	// the displayed, the real and the cloaked host and with the address, as
	// far as entries of this list may match them. Matching is fastest if they
	// are folded.
	Masks() []string
	// Addr is the address the user connected from, if entries of this list may
	// match it; else zero. It is no IPv4 address in the guise of IPv6.
	Addr() netip.Addr
	// Account is "" for a user without one; so are the others.
	Account() string
	Realname() string
	CertFP() string  // in hexadecimal
	Country() string // ISO 3166-1, two letters
	ASN() string     // with or without "AS" before the number
	OperName() string
	ServerName() string
	Secure() bool
	// InGroup reports whether the user is in a security group, by its name in lower case.
	InGroup(name string) bool
	// InChannel reports whether the user is in a channel, and the prefixes of
	// the user's status there.
	InChannel(f casemap.Folded) (prefix string, ok bool)
}

// An Action is what an entry acts on.
type Action uint8

// The actions. A list of exceptions holds exceptions from them.
const (
	Ban        Action = iota // joining and speaking
	Mute                     // speaking
	NickChange               // changing the nick
	Join                     // joining
	Forward                  // joining, with another channel to go to
	Text                     // messages that contain a text
)

// An Entry is a compiled entry of a list. It is not changed once it is made.
type Entry struct {
	text    string
	key     casemap.Folded
	action  Action
	forward string
	expires time.Duration
	terms   []term // all must match
	filter  *filter
}

// String returns the entry in canonical form.
func (e *Entry) String() string { return e.text }

// Key returns what is equal for entries that are the same up to case, such as
// the one to be removed and the one in the list.
func (e *Entry) Key() casemap.Folded { return e.key }

// Action returns what the entry acts on.
func (e *Entry) Action() Action { return e.action }

// Forward returns the channel to which those whom the entry keeps out are sent,
// or "".
func (e *Entry) Forward() string { return e.forward }

// Expires returns how long after it was set the entry is removed; 0 means never.
func (e *Entry) Expires() time.Duration { return e.expires }

// Match reports whether the entry is about s. It does not allocate if the texts of
// s are ASCII or folded. An entry that filters text is about everybody, unless it
// is joined with others.
func (e *Entry) Match(s Subject) bool {
	for i := range e.terms {
		if t := &e.terms[i]; t.match(t, s) == t.not {
			return false
		}
	}
	return true
}

// A Part is one condition of an entry, for those who keep many entries and look for
// the few that may match.
type Part struct {
	Not    bool
	Letter byte // of the extended ban, 0 for a mask
	// Value is what follows the letter, or the mask nick!user@host.
	Value string
	// Network is what the host of a mask is, if it is an address or a network.
	Network netip.Prefix
}

// Parts returns the conditions of the entry, which all must be so.
func (e *Entry) Parts() []Part {
	parts := make([]Part, len(e.terms))
	for i, t := range e.terms {
		parts[i] = Part{t.not, t.letter, t.text, t.network}
	}
	return parts
}

// MatchText reports whether the entry filters text and does so with this one.
func (e *Entry) MatchText(text string) bool {
	return e.filter != nil && e.filter.mask.Match(text)
}

// Censors reports whether text the entry matches is to be passed through Censor;
// otherwise it is to be blocked.
func (e *Entry) Censors() bool { return e.filter != nil && e.filter.censor }

// Censor returns text with asterisks for the words that the entry censors.
func (e *Entry) Censor(text string) string {
	if e.Censors() {
		text, _ = e.filter.word.Censor(text)
	}
	return text
}

// An Error is what is wrong with an entry, to be told to the user who wrote it.
type Error struct {
	Text lang.Text
	Args []any
}

// Said returns the text with its arguments.
func (e *Error) Said() lang.Phrase { return e.Text.With(e.Args...) }

// Error returns the English text.
func (e *Error) Error() string { return e.Said().String() }

func wrong(t lang.Text, args ...any) error { return &Error{t, args} }
