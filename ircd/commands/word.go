package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
)

// word returns what a client sent as one word of a reply.
func word(s string) string {
	s, _, _ = strings.Cut(casemap.Truncate(s, 100), " ")
	if s == "" || s[0] == ':' {
		return "*"
	}
	return s
}
