package player

import (
	"context"
	"net"
	"net/netip"
	"strings"
)

// A zone is the lists of addresses that others keep, of the section "listed.toml": lines
// such as "7.2.0.192.dnsbl.example 127.0.0.2".
type zone map[string]netip.Addr

func (b *bubble) listed() zone {
	z := zone{}
	for line := range strings.Lines(b.script.sections["listed.toml"]) {
		if name, addr, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			z[name], _ = netip.ParseAddr(addr)
		}
	}
	return z
}

// LookupNetIP implements blocklist.Resolver.
func (z zone) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if a, ok := z[strings.TrimSuffix(host, ".")]; ok {
		return []netip.Addr{a}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}
