package config

import (
	"slices"
	"strings"
)

// DeniesTag reports whether a client-only tag, with its "+", is taken off the
// messages of clients.
// https://ircv3.net/specs/extensions/message-tags#rpl_isupport-tokens
func (s *Server) DeniesTag(key string) bool {
	name := strings.TrimPrefix(key, "+")
	if len(s.ClientTagDeny) > 0 && s.ClientTagDeny[0] == "*" {
		return !slices.Contains(s.ClientTagDeny, "-"+name)
	}
	return slices.Contains(s.ClientTagDeny, name)
}

// tags reports what could not be told to clients by CLIENTTAGDENY.
func (d *decoder) tags(c *Config) {
	const path = "server.client-tag-deny"
	list := c.Server.ClientTagDeny
	for i, name := range list {
		switch {
		case name == "*" && i > 0:
			d.bad(path, `has "*" after others; write it first, or not at all`)
		case strings.HasPrefix(name, "-") && list[0] != "*":
			d.bad(path, `has the exception %q without "*"; write "*" first, or remove the exception`, name)
		}
	}
}
