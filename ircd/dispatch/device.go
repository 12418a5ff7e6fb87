package dispatch

import (
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/state"
)

// Device returns what the client calls itself among those of its account, or "". Any
// goroutine may call it.
func (c *Conn) Device() string {
	if d := c.device.Load(); d != nil {
		return *d
	}
	return ""
}

// SetDevice notes what the client calls itself.
func (c *Conn) SetDevice(name string) {
	if name != "" {
		c.device.Store(&name)
	}
}

// Replays reports whether the client is sent history without asking: it cannot ask.
func (c *Conn) Replays() bool {
	return c.Server.Network.History != nil && !c.Has(caps.ChatHistory) && !c.Has(caps.Playback)
}

// Missed returns since when the client has not been told what is said to an account,
// whose user is u if there is one already. It is zero if nothing was missed, or nobody
// knows.
func (c *Conn) Missed(u *state.User, account string) time.Time {
	device := c.Device()
	switch {
	case device == "" && u != nil:
		return c.Server.Network.World.Unattended(u)
	case device != "" && c.hasTwin(account, device):
		return time.Time{}
	}
	since := c.Server.Network.LastHeard(account, device)
	if since.IsZero() && u != nil {
		return c.Server.Network.World.Unattended(u)
	}
	return since
}

// hasTwin reports whether another client of the account has the same device.
func (c *Conn) hasTwin(account, device string) bool {
	for _, x := range c.Server.ConnsOf(account) {
		if x != c && x.Device() == device {
			return true
		}
	}
	return false
}

// heardAll notes that the client's device has been told all that was said so far.
func (c *Conn) heardAll() {
	if c.User.Account() != "" && (c.Device() != "" || c.Replays()) {
		c.Server.Network.Heard(c.Actor(), c.Device())
	}
}
