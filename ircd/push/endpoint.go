package push

import (
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/wire"
)

// The longest address of a device, and the longest set of keys, in bytes: both fit on a
// line.
const (
	maxEndpoint = 400
	maxKeys     = 400
)

// Errors of subscriptions.
var (
	ErrEndpoint = errors.New("that is not the address of a device at a push service")
	ErrKeys     = errors.New("these are not the keys of a device")
	ErrTooMany  = errors.New("the account has too many devices")
	ErrNoOwner  = errors.New("there is no such account")
)

// checkEndpoint reports whether endpoint can be the address of a device. Whether
// requests are sent there is decided anew for each.
func (r *Rules) checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil, len(endpoint) > maxEndpoint, strings.ContainsFunc(endpoint, func(c rune) bool { return c <= ' ' || c > '~' }):
		return ErrEndpoint
	case u.Scheme != "https", u.Hostname() == "", u.User != nil, u.Fragment != "", u.Opaque != "":
		return ErrEndpoint
	}
	port := uint64(443)
	if p := u.Port(); p != "" {
		if port, err = strconv.ParseUint(p, 10, 16); err != nil {
			return ErrEndpoint
		}
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && r.allows(netip.AddrPortFrom(a, uint16(port))) != nil {
		return ErrEndpoint
	}
	if !slices.Contains(r.Ports, uint16(port)) {
		return ErrEndpoint
	}
	return nil
}

// host is what may be logged of an endpoint: the rest is known to its owner alone.
func host(endpoint string) string {
	if u, err := url.Parse(endpoint); err == nil {
		return u.Hostname()
	}
	return ""
}

// ParseKeys reads the keys of a device, which are written as tags are:
// "p256dh=…;auth=…". https://www.rfc-editor.org/rfc/rfc8291#section-2
func ParseKeys(text string) (p256dh, auth string, err error) {
	if len(text) > maxKeys {
		return "", "", ErrKeys
	}
	tags := wire.ParseTags(text)
	p256dh, auth = strings.TrimRight(tags.Get("p256dh"), "="), strings.TrimRight(tags.Get("auth"), "=")
	point, err := base64.RawURLEncoding.DecodeString(p256dh)
	if err != nil {
		return "", "", ErrKeys
	}
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return "", "", ErrKeys
	}
	if secret, err := base64.RawURLEncoding.DecodeString(auth); err != nil || len(secret) != 16 {
		return "", "", ErrKeys
	}
	return p256dh, auth, nil
}
