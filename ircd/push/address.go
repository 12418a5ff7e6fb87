package push

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/parley-irc/parley/ircd/outbound"
)

// Rules say whom requests may be sent to.
type Rules struct {
	Ports   []uint16
	Private []netip.Prefix // that are not on the internet, but allowed
}

// ErrAddress means that an address is not one of the internet, or a port none of a
// push service.
var ErrAddress = errors.New("requests are not sent to this address")

// allows reports whether a connection may be made to an address. It is asked when the
// name has been looked up, right before the connection is made, so that no name can
// stand for something else a moment later.
func (r *Rules) allows(addr netip.AddrPort) error {
	if !slices.Contains(r.Ports, addr.Port()) {
		return fmt.Errorf("%w: port %d", ErrAddress, addr.Port())
	}
	a := addr.Addr()
	if a.Zone() != "" {
		return ErrAddress
	}
	a = a.Unmap()
	for _, p := range r.Private {
		if p.Contains(a) {
			return nil
		}
	}
	if !outbound.Public(a) {
		return ErrAddress
	}
	return nil
}
