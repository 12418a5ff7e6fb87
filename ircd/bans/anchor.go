package bans

import (
	"net/netip"
	"strings"

	"github.com/parley-irc/parley/ircd/extban"
)

// A bucket is a text that users must have for a ban in it to be about them.
type bucket struct {
	of   byte
	text string
}

// pure reports whether a ban is about all from a network, whoever they are.
func pure(parts []extban.Part) bool {
	return len(parts) == 1 && !parts[0].Not && parts[0].Network.IsValid() && strings.HasPrefix(parts[0].Value, "*!*@")
}

// network returns the smallest network in which everybody is whom the parts are about.
func network(parts []extban.Part) (found netip.Prefix, ok bool) {
	for _, p := range parts {
		// A mask with an address is also about hosts that only read like it.
		if !p.Not && p.Network.IsValid() && (!ok || p.Network.Bits() > found.Bits()) {
			found, ok = p.Network, true
		}
	}
	return found, ok
}

// bucketOf returns the bucket for parts; part says that its text is only a part of what
// users have. ok is false if there is none.
func (x *index) bucketOf(parts []extban.Part) (b bucket, part, ok bool) {
	for _, p := range parts {
		switch {
		case p.Not:
		case p.Letter == 'S' && p.Value != "*":
			return bucket{byCert, p.Value}, false, true
		case p.Letter == 'a' && !strings.ContainsAny(p.Value, "*?"):
			return bucket{byAccount, string(x.mapping.Fold(p.Value))}, false, true
		case p.Letter == 0:
			if c, partly, found := x.anchor(p.Value); found && (!ok || len(c.text) > len(b.text)) {
				b, part, ok = c, partly, true
			}
		}
	}
	return b, part, ok
}

// anchor returns the bucket of a mask: its host if that has no wildcards, else the
// longest fixed end or beginning of it, or the beginning of the nick.
func (x *index) anchor(mask string) (b bucket, part, ok bool) {
	folded := string(x.mapping.Fold(mask))
	host := folded[strings.LastIndexByte(folded, '@')+1:]
	if !strings.ContainsAny(host, "*?") {
		return bucket{byHost, host}, false, true
	}
	for _, c := range []bucket{
		{byHostEnd, tail(host[strings.LastIndexAny(host, "*?")+1:])},
		{byHostStart, head(host[:strings.IndexAny(host, "*?")])},
		{byNickStart, head(folded[:strings.IndexAny(folded, "*?!")])},
	} {
		if len(c.text) > len(b.text) {
			b, ok = c, true
		}
	}
	return b, true, ok
}

// head and tail return the beginning and the end of s, cut to one of the sizes.
func head(s string) string {
	if i := size(s); i >= 0 {
		return s[:sizes[i]]
	}
	return ""
}

func tail(s string) string {
	if i := size(s); i >= 0 {
		return s[len(s)-sizes[i]:]
	}
	return ""
}
