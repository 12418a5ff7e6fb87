package history

import "strings"

// Conversation returns the name of the buffer of a direct conversation. The two
// identities (accounts, or whatever else the caller tells people apart by) must
// be folded, and must not contain a space; their order makes no difference.
func Conversation(a, b string) string {
	if b < a {
		a, b = b, a
	}
	return a + " " + b // no channel has a space in its name
}

// Parties returns the identities of a conversation's buffer; ok is false if it is
// a channel's.
func Parties(buffer string) (a, b string, ok bool) { return strings.Cut(buffer, " ") }

// Other returns the identity with which who has a conversation, and false if the
// buffer is not one of theirs. People may talk to themselves.
func Other(buffer, who string) (other string, ok bool) {
	a, b, ok := Parties(buffer)
	switch {
	case !ok:
		return "", false
	case a == who:
		return b, true
	case b == who:
		return a, true
	}
	return "", false
}
