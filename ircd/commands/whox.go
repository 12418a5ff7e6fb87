package commands

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/dispatch"
)

// whoxFields are the fields of WHOX in the order of the reply.
// https://ircv3.net/specs/extensions/whox
const whoxFields = "tcuihsnfdlaor"

// isToken reports whether a token is one that may be returned: up to three digits.
func isToken(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 3
}

// fields returns what a WHOX asks for of one user.
func (s whoSubject) fields(r *dispatch.Request, v viewer, q whoQuery) []string {
	f := make([]string, 0, len(q.fields))
	for _, letter := range q.fields {
		f = append(f, s.field(r, v, q, letter))
	}
	return f
}

func (s whoSubject) field(r *dispatch.Request, v viewer, q whoQuery, letter rune) string {
	id := s.id
	switch letter {
	case 't':
		return q.token
	case 'c':
		return s.channel
	case 'u':
		return id.Ident
	case 'i':
		return v.ip(s.u, id)
	case 'h':
		return id.Host
	case 's':
		return id.Server
	case 'n':
		return id.Nick
	case 'f':
		return s.flags(v)
	case 'd':
		return strconv.Itoa(s.distance())
	case 'l':
		if v.showsIdle(s.u, id) {
			return idleSeconds(r, s.u)
		}
		return "0"
	case 'a':
		if id.Account != "" {
			return id.Account
		}
		return "0"
	case 'o':
		return "n/a" // there are no levels of channel operators
	}
	return id.Realname
}
