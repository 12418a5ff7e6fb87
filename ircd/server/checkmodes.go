package server

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/parley-irc/parley/ircd/modes"
)

// at returns the path of a key in a list of sections.
func at(section string, i int, key string) string { return fmt.Sprintf("%s[%d].%s", section, i, key) }

// local reports whether only this machine reaches an address.
func local(address string) bool {
	if strings.HasPrefix(address, "unix:") {
		return true
	}
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().IsLoopback()
}

// modes checks the modes that are set without anybody's asking.
func (k *checker) modes() {
	k.modesOf("channels.default-modes", k.Channels.DefaultModes, modes.Channel(), false)
	k.modesOf("users.default-modes", k.Users.DefaultModes, modes.User(), false)
	for i, o := range k.Opers {
		k.modesOf(at("oper", i, "modes"), o.Modes, modes.User(), true)
	}
}

// modesOf checks modes by their table. Those for operators are for oper only.
func (k *checker) modesOf(key, text string, t *modes.Table, oper bool) {
	if text == "" {
		return
	}
	changes, problems := t.Parse(strings.Fields(text), len(text))
	for _, p := range problems {
		switch {
		case p.Mode == nil:
			k.bad(key, "there is no mode %q; there are %s", p.Letter, t.Letters())
		case p.Missing:
			k.bad(key, "mode %q needs a parameter: %s", p.Letter, p.Mode.Syntax)
		default:
			k.bad(key, "mode %q cannot have the parameter %q; write %s", p.Letter, p.Param, p.Mode.Syntax)
		}
	}
	for _, c := range changes {
		if c.Kind != modes.Flag && c.Kind != modes.Param && c.Kind != modes.Key || c.Fixed || c.Oper && !oper {
			k.bad(key, "mode %q cannot be set from the start", c.Letter)
		}
	}
}
