package outbound

import (
	"net/netip"
	"slices"
)

// Public reports whether a is an address of the internet: what is not known to be one
// is none.
func Public(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if embedded, ok := translated(a); ok {
		a = embedded
	}
	if a.Is6() && !global6.Contains(a) {
		return false
	}
	return a.IsValid() && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// nat64 is where networks without IPv4 find the addresses that have only that.
// https://www.rfc-editor.org/rfc/rfc6052
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

func translated(a netip.Addr) (netip.Addr, bool) {
	if !nat64.Contains(a) {
		return a, false
	}
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:])), true
}

// global6 is what has been allocated of IPv6 for the internet.
// https://www.iana.org/assignments/ipv6-address-space
var global6 = netip.MustParsePrefix("2000::/3")

// special are the blocks for special purposes, and those that have an IPv4 address in
// them, which would have to be looked at in turn.
// https://www.iana.org/assignments/iana-ipv4-special-registry
// https://www.iana.org/assignments/iana-ipv6-special-registry
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

func prefixes(list ...string) (all []netip.Prefix) {
	for _, s := range list {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}
