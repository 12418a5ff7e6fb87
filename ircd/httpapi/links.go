package httpapi

import (
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/network"
)

// A ServerName names a server.
type ServerName struct {
	Name string `path:"name" doc:"The name of a server of the network."`
}

// known refuses what is no server of the network, if it is one.
func (q ServerName) known(c *Call) error {
	for _, s := range c.Core.Network.Sites() {
		if c.Core.Network.World.Mapping.Equal(s.Name, q.Name) && c.Core.Network.World.Linked {
			return nil
		}
	}
	return NotFound.Because("There is no server %s in this network.", q.Name)
}

func unlink(c *Call, q ServerName, b Reason) (none, error) {
	if err := q.known(c); err != nil {
		return none{}, err
	}
	reason := b.text(c, "Unlinked by an operator")
	if err := c.Core.Network.AskLink(network.Actor{}, q.Name, reason, false); err != nil {
		return none{}, err
	}
	c.Audit(audit.Squit, q.Name, reason)
	return none{}, nil
}

func relink(c *Call, q ServerName, _ none) (none, error) {
	if err := q.known(c); err != nil {
		return none{}, err
	}
	if err := c.Core.Network.AskLink(network.Actor{}, q.Name, "", true); err != nil {
		return none{}, err
	}
	c.Audit(audit.Connect, q.Name, "")
	return none{}, nil
}
