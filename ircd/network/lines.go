package network

import (
	"strings"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

// NumericLines returns a numeric reply whose last parameter lists words, in as many
// lines as it takes. Without words, there are none.
func (n *Network) NumericLines(nick string, r numerics.Reply, sep string, words []string) (lines []wire.Message) {
	room := wire.MaxBody - len(":  000  :\r\n") - len(n.Name()) - len(nick)
	for _, a := range r.Args {
		room -= len(a) + 1
	}
	for _, part := range fill(words, len(sep), room) {
		lines = append(lines, n.Numeric(nick, r.Because(lang.Verbatim, strings.Join(part, sep))))
	}
	return lines
}

// fill divides words into groups which fit into room bytes each, with sep bytes
// between them. A word that is longer is alone.
func fill(words []string, sep, room int) (groups [][]string) {
	for len(words) > 0 {
		size, count := len(words[0]), 1
		for count < len(words) && size+sep+len(words[count]) <= room {
			size += sep + len(words[count])
			count++
		}
		groups = append(groups, words[:count])
		words = words[count:]
	}
	return groups
}
