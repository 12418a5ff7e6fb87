package dispatch

import (
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
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

// mostMissed is how many conversations tellMissed looks at.
const mostMissed = 50

// tellMissed tells a client that logs in when it is registered already, and cannot ask for
// history, with whom there is something to read. Those that log in before are shown it.
func (r *Request) tellMissed(account string) {
	since := r.Missed(nil, account)
	if since.IsZero() || !r.Replays() {
		return
	}
	found, _, err := r.Server.Network.Recent(r.Context(), r.User, since, time.Time{}, mostMissed)
	if err != nil {
		return
	}
	var nicks []string
	for _, t := range found {
		if !casemap.IsChannel(t.Target) {
			nicks = append(nicks, t.Target)
		}
	}
	if len(nicks) > 0 {
		r.Server.tell(r.User, "While you were away there were messages between you and %s. /HISTORY and a nick shows them.", strings.Join(nicks, ", "))
	}
}
