package network

import (
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
)

// This file is up to when each device of somebody has been told what was said. It is
// kept like read markers, of a target that no channel or nick can have.

const deviceMark = "@"

func isDevice(target string) bool { return strings.HasPrefix(target, deviceMark) }

// Heard notes that the device of by's client is told what is said up to now; "" is a
// client that names none.
func (n *Network) Heard(by Actor, device string) {
	b := event.MarkedRead{Identity: n.Identity(by.User), Target: deviceMark + device, Time: n.Clock.Now().UTC()}
	later, _ := n.Markers.advance(b.Identity, casemap.Folded(b.Target), b.Time)
	if !later {
		return
	}
	n.publish(n.event(by, b))
	if n.Markers.Keep != nil {
		n.Markers.Keep(b.Identity)
	}
}

// LastHeard returns up to when a device of an account has been told what was said, zero
// if that is not known.
func (n *Network) LastHeard(account, device string) time.Time {
	return n.Markers.get(string(n.World.Mapping.Fold(account)), casemap.Folded(deviceMark+device))
}
