package listener

import (
	"net/http"
	"net/netip"
	"path"
	"strings"
)

// allows compares the Origin headers of a request with the list. It is what
// keeps any page a user visits from connecting in the user's name and from the
// user's address (https://www.rfc-editor.org/rfc/rfc6455#section-10.2).
func (o *Options) allows(origins []string) bool {
	switch len(origins) {
	case 0:
		return o.AllowMissingOrigin
	case 1:
	default:
		return false
	}
	if origins[0] == "" || strings.ContainsAny(origins[0], ", \t") {
		return false // two in one header
	}
	for _, allowed := range o.Origins {
		if allowed == "*" || strings.EqualFold(allowed, origins[0]) {
			return true
		}
		if ok, err := path.Match(onlyStars.Replace(allowed), origins[0]); ok && err == nil {
			return true
		}
	}
	return false
}

// onlyStars makes a pattern of package path in which nothing but * is special;
// there it stands for any characters except a slash.
var onlyStars = strings.NewReplacer(`\`, `\\`, "[", `\[`, "?", `\?`)

// readForwarded takes the client's address from the headers of an HTTP proxy
// that is believed.
func (h *handshake) readForwarded(header http.Header) {
	addr, ok := forwardedFor(header.Values("X-Forwarded-For"), h.l.o.TrustForwardedFor)
	if !ok {
		return
	}
	h.c.Remote, h.c.Proxied = netip.AddrPortFrom(addr, 0), true
	protos := header.Values("X-Forwarded-Proto")
	if len(protos) == 1 && h.nearby && (strings.EqualFold(protos[0], "https") || strings.EqualFold(protos[0], "wss")) {
		h.c.Secure = true
	}
}

// forwardedFor returns the last address that is not one of the proxies: each
// proxy appends whom it heard from, and what is left of that, the client may
// have made up. It returns false if there is none or if the list is garbled
// before it is found.
func forwardedFor(values []string, proxies []netip.Prefix) (netip.Addr, bool) {
	list := strings.Split(strings.Join(values, ","), ",")
	var first netip.Addr
	for i := len(list) - 1; i >= 0; i-- {
		addr, err := parseForwarded(strings.TrimSpace(list[i]))
		if err != nil {
			return netip.Addr{}, false
		}
		if !contains(proxies, addr) {
			return addr, true
		}
		first = addr
	}
	return first, first.IsValid()
}

// parseForwarded reads an address with or without port.
func parseForwarded(s string) (netip.Addr, error) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return plain(ap.Addr()), nil
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return plain(addr), err
}
