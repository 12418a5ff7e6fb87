package httpapi

import (
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/network"
)

// A NewIdentity is how somebody is to be shown. What is missing stays.
type NewIdentity struct {
	Host     string `json:"host,omitempty" doc:"The host that others see."`
	Ident    string `json:"ident,omitempty" doc:"The username."`
	Realname string `json:"realname,omitempty" doc:"The real name."`
}

func changeIdentity(c *Call, q Nick, b NewIdentity) (User, error) {
	u, err := q.find(c)
	if err != nil {
		return User{}, err
	}
	limits := c.Core.Config().Limits
	host, ok := casemap.Hostname(b.Host)
	switch {
	case b == NewIdentity{}:
		return User{}, Invalid.Because("Nothing is to be changed.")
	case b.Host != "" && !ok:
		return User{}, Invalid.Because("%q cannot be a host.", b.Host).In("host")
	case b.Ident != "" && casemap.Username(b.Ident, limits.UserLength) != b.Ident:
		return User{}, Invalid.Because("%q cannot be a username.", b.Ident).In("ident")
	}
	if b.Host != "" {
		c.Audit(audit.ChgHost, u.Nick(), host)
		c.Core.GiveHost(u, host)
	}
	if b.Ident != "" {
		c.Audit(audit.ChgIdent, u.Nick(), b.Ident)
		c.Core.Network.SetHost(network.Actor{User: u}, b.Ident, u.Identity().Host, u.Identity().Person.Cloak)
	}
	if b.Realname != "" {
		name := casemap.Truncate(b.Realname, limits.RealnameLength)
		c.Audit(audit.ChgName, u.Nick(), name)
		c.Core.Network.SetRealname(network.Actor{User: u}, name)
	}
	return c.userOf(u), nil
}
