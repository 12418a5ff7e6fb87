package casemap

import (
	"strings"
	"unicode/utf8"
)

// reserved are the characters of nicks that mean something elsewhere: in sources,
// masks, lists and the names of channels, servers and members.
const reserved = "!+%@&#$:'\"?*,.~"

// RelaySeparators are the characters of which separators of relayed nicks may be:
// no nick may have them.
const RelaySeparators = "/;<>()"

// ValidRelayNick reports whether nick, of at most max bytes, may be shown as that
// of somebody on another network, such as alice/matrix. It has one of the
// separators between other characters, and can therefore be no user's nick. Apart
// from that it may be in any script, since other networks have other rules, but
// nothing in it is invisible.
// https://github.com/ircv3/ircv3-specifications/pull/417
func ValidRelayNick(nick, separators string, max int) bool {
	if len(nick) > max || !utf8.ValidString(nick) || strings.ContainsAny(nick, reserved) || !legible(nick) {
		return false
	}
	inner := strings.Trim(nick, separators)
	return inner == nick && strings.ContainsAny(nick, separators)
}
