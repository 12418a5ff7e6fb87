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
