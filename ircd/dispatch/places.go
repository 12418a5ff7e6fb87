package dispatch

import (
	"net/netip"

	"github.com/parley-irc/parley/ircd/geoip"
)

// TorNetwork has the addresses of those who come through Tor, which tells circuits apart
// by them if it is asked to (HiddenServiceExportCircuitID haproxy).
var TorNetwork = netip.MustParsePrefix("fc00:dead:beef:4dad::/64")

// SetPlaces replaces what is known of where addresses are; nil is nothing.
func (s *Server) SetPlaces(r *geoip.Reader) { s.places.Store(r) }

// PlaceOf returns where an address is, as far as that is known.
func (s *Server) PlaceOf(addr netip.Addr) geoip.Place { return s.places.Load().Lookup(addr) }
