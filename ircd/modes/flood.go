package modes

import (
	"slices"
	"strings"
)

// FloodSyntax is the syntax of the parameter of channel mode F.
const FloodSyntax = "{join|message|nick|knock|repeat}:<count>:<seconds>[:<action>]{,...}"

// A FloodRule is one rule of channel mode F: more than Rate of a Type is
// answered by Action.
type FloodRule struct {
	Type   string // join, message, nick, knock or repeat
	Rate   Rate
	Action string
}

// floodActions are the actions of each type, the default first. "block" refuses
// what is too much; the other names act on the member; a letter sets that
// channel mode for a minute.
var floodActions = map[string][]string{
	"join":    {"i", "R", "block"},
	"message": {"block", "kick", "ban", "mute", "m", "M"},
	"nick":    {"block", "kick", "N"},
	"knock":   {"block", "K"},
	"repeat":  {"block", "kick", "ban", "mute"},
}

var floodTypes = []string{"join", "message", "nick", "knock", "repeat"}

// ParseFlood reads the parameter of channel mode F. Types may be shortened to
// one letter, or "k" for knock.
func ParseFlood(s string) ([]FloodRule, bool) {
	var rules []FloodRule
	for part := range strings.SplitSeq(s, ",") {
		r, ok := parseFloodRule(part)
		if !ok || slices.ContainsFunc(rules, func(o FloodRule) bool { return o.Type == r.Type }) {
			return nil, false
		}
		rules = append(rules, r)
	}
	return rules, len(rules) > 0
}

func parseFloodRule(s string) (FloodRule, bool) {
	f := strings.Split(s, ":")
	if len(f) < 3 || len(f) > 4 || f[0] == "" {
		return FloodRule{}, false
	}
	i := slices.IndexFunc(floodTypes, func(t string) bool {
		return t == f[0] || len(f[0]) == 1 && t[0] == f[0][0] && t != "knock" || f[0] == "k" && t == "knock"
	})
	if i < 0 {
		return FloodRule{}, false
	}
	rate, ok := ParseRate(f[1] + ":" + f[2])
	r := FloodRule{Type: floodTypes[i], Rate: rate, Action: floodActions[floodTypes[i]][0]}
	if len(f) == 4 {
		r.Action = f[3]
	}
	return r, ok && slices.Contains(floodActions[r.Type], r.Action)
}

func (r FloodRule) String() string { return r.Type + ":" + r.Rate.String() + ":" + r.Action }

func parseFlood(p string) (string, bool) {
	rules, ok := ParseFlood(p)
	if !ok {
		return "", false
	}
	words := make([]string, len(rules))
	for i, r := range rules {
		words[i] = r.String()
	}
	return strings.Join(words, ","), true
}
