package push

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// A Client sends requests.
type Client interface {
	Do(*http.Request) (*http.Response, error)
}

// Limits of a request: how long it may take in all, and how much of the answer is read.
const (
	patience  = 5 * time.Second
	maxAnswer = 4 << 10
)

// newClient returns a client that connects only to those whom the rules allow, does not
// follow redirections, and knows of no proxy.
func (s *Service) newClient() *http.Client {
	dialer := &net.Dialer{Timeout: patience, KeepAlive: -1, Control: func(_, address string, _ syscall.RawConn) error {
		addr, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrAddress, err)
		}
		return s.rules.Load().allows(addr)
	}}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: nil,
			DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
				return dialer.DialContext(ctx, "tcp", address)
			},
			TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience,
			MaxResponseHeaderBytes: maxAnswer,
			DisableKeepAlives:      true, // requests are few, and idle connections cost more
			DisableCompression:     true,
			ForceAttemptHTTP2:      true,
		},
	}
}
