package dispatch

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/push"
)

// PushOptions are those of push notifications, which this configuration says.
func PushOptions(c *config.Config) push.Options {
	w := c.WebPush
	o := push.Options{
		Off: !w.Enabled, Delay: time.Duration(w.Delay), Expire: time.Duration(w.Expire), Max: w.MaxDevices,
		Contact: w.Contact,
	}
	switch {
	case o.Contact != "":
	case c.Server.AdminEmail != "":
		o.Contact = c.Server.AdminEmail
	default:
		o.Contact = "https://" + c.Server.Name + "/"
	}
	for _, port := range w.Ports {
		if n, err := strconv.ParseUint(port, 10, 16); err == nil {
			o.Rules.Ports = append(o.Rules.Ports, uint16(n))
		}
	}
	for _, network := range w.Private {
		if p, err := netip.ParsePrefix(network); err == nil {
			o.Rules.Private = append(o.Rules.Private, p.Masked())
		} else if a, err := netip.ParseAddr(network); err == nil {
			o.Rules.Private = append(o.Rules.Private, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		}
	}
	return o
}

// configurePush takes over a changed configuration.
func (s *Server) configurePush(c *config.Config) {
	if s.Network.Push != nil {
		s.Network.Push.Configure(PushOptions(c))
	}
}

// pushKey returns the key that clients are told, "" if there are no notifications.
func (s *Server) pushKey() string {
	if !s.Network.Push.Enabled() {
		return ""
	}
	return s.Network.Push.PublicKey()
}
