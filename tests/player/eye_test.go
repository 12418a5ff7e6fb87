package player

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An eye is what a client knows: who is in its channels, with which prefixes.
type eye struct {
	nick     string
	channels map[string]map[string]string
	heard    map[string]bool // the msgids of messages, and of those that are not to be heard any more
}

func newEye() *eye { return &eye{channels: map[string]map[string]string{}, heard: map[string]bool{}} }

func (e *eye) String() string {
	var b strings.Builder
	for _, channel := range slices.Sorted(maps.Keys(e.channels)) {
		fmt.Fprintln(&b, channel)
		for _, nick := range slices.Sorted(maps.Keys(e.channels[channel])) {
			fmt.Fprintln(&b, " ", nick, e.channels[channel][nick])
		}
	}
	return b.String()
}

func (e *eye) see(m message) {
	nick, _, _ := strings.Cut(m.source, "!")
	switch m.command {
	case "001":
		e.nick = m.params[0]
	case "353":
		for _, word := range strings.Fields(m.params[3]) {
			name := strings.TrimLeft(word, "~&@%+")
			e.in(m.params[2])[name] = word[:len(word)-len(name)]
		}
	case "JOIN":
		e.in(m.params[0])[nick] = ""
	case "PART":
		e.leave(m.params[0], nick)
	case "KICK":
		e.leave(m.params[0], m.params[1])
	case "QUIT":
		for _, members := range e.channels {
			delete(members, nick)
		}
	case "NICK":
		e.rename(nick, m.params[0])
	case "MODE":
		e.mode(m.params[0], m.params[1], m.params[2:])
	}
}

func (e *eye) in(channel string) map[string]string {
	if e.channels[channel] == nil {
		e.channels[channel] = map[string]string{}
	}
	return e.channels[channel]
}

func (e *eye) leave(channel, nick string) {
	if delete(e.channels[channel], nick); nick == e.nick {
		delete(e.channels, channel)
	}
}

func (e *eye) rename(old, nick string) {
	if old == e.nick {
		e.nick = nick
	}
	for _, members := range e.channels {
		if prefix, ok := members[old]; ok {
			delete(members, old)
			members[nick] = prefix
		}
	}
}

// mode follows the changes of statuses.
func (e *eye) mode(channel, letters string, params []string) {
	add := true
	for _, letter := range letters {
		switch {
		case letter == '+' || letter == '-':
			add = letter == '+'
		case strings.ContainsRune("qaohv", letter):
			prefix := map[rune]string{'q': "~", 'a': "&", 'o': "@", 'h': "%", 'v': "+"}[letter]
			if members := e.channels[channel]; members != nil {
				members[params[0]] = with(members[params[0]], prefix, add)
			}
			params = params[1:]
		case strings.ContainsRune("beIk", letter) || letter == 'l' && add:
			params = params[1:]
		}
	}
}

func with(prefixes, prefix string, add bool) string {
	all := ""
	for _, p := range []string{"~", "&", "@", "%", "+"} {
		if p == prefix && add || p != prefix && strings.Contains(prefixes, p) {
			all += p
		}
	}
	return all
}
