// Package outbound makes connections to hosts whose names others have chosen: the mail
// server of an address that a user has given, an issuer of tokens.
//
// Such a name may resolve to this machine, or to one that only this network can reach
// and that trusts whoever does. Therefore it is the address that decides, when it is
// dialled: a name that was looked up before may have another one by now.
package outbound

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrPrivate means that an address is not one of the public Internet.
var ErrPrivate = errors.New("the address is not public")

// special are the networks that are global in form and yet not the public Internet:
// https://www.iana.org/assignments/iana-ipv4-special-registry and its like for IPv6.
var special = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2002::/16",
	"3fff::/20", "5f00::/16", "fec0::/10",
)

func prefixes(list ...string) (all []netip.Prefix) {
	for _, s := range list {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

// Public reports whether an address is one of the public Internet.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsGlobalUnicast() || addr.IsPrivate() || addr.Zone() != "" {
		return false
	}
	for _, p := range special {
		if p.Contains(addr) {
			return false
		}
	}
	return true
}

// Dialer returns a dialer that connects to public addresses only or, with private, to
// all. A connection may take no longer than timeout.
func Dialer(private bool, timeout time.Duration) *net.Dialer {
	d := &net.Dialer{Timeout: timeout}
	if !private {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			a, err := netip.ParseAddrPort(address)
			if err != nil || !Public(a.Addr()) {
				return fmt.Errorf("%w: %s", ErrPrivate, address)
			}
			return nil
		}
	}
	return d
}

// Client returns an HTTP client with such a dialer. It uses no proxy, follows no
// redirect, and a whole exchange takes no longer than timeout. Without private it
// speaks https only.
func Client(private bool, timeout time.Duration) *http.Client {
	t := &http.Transport{
		DialContext:            Dialer(private, timeout).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    timeout,
		ResponseHeaderTimeout:  timeout,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 16 << 10,
	}
	var rt http.RoundTripper = t
	if !private {
		rt = httpsOnly{t}
	}
	return &http.Client{
		Transport: rt, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type httpsOnly struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (h httpsOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		return nil, fmt.Errorf("%s is not https", r.URL.Redacted())
	}
	return h.RoundTripper.RoundTrip(r)
}
