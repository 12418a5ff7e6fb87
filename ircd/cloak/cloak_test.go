package cloak

import (
	"net/netip"
	"strings"
	"testing"
)

func TestCloak(t *testing.T) {
	c := New([]byte("0123456789abcdef0123456789abcdef"), "ip")
	of := func(s string) string { return c.Cloak(netip.MustParseAddr(s), s) }
	a, neighbour, far := of("192.0.2.1"), of("192.0.2.77"), of("198.51.100.1")
	if a == neighbour || tail(a) != tail(neighbour) || tail(a) == tail(far) {
		t.Errorf("%s, its neighbour %s and another %s", a, neighbour, far)
	}
	if strings.Contains(a, "192") || !strings.HasSuffix(a, ".ip") {
		t.Errorf("the cloak is %s", a)
	}
	if of("::ffff:192.0.2.1") != a {
		t.Error("an IPv4 address is cloaked differently when it is written as IPv6")
	}
	if of("2001:db8::1") != of("2001:db8::2") {
		t.Error("two addresses of one /64 have different cloaks")
	}
	if New([]byte("another secret"), "ip").Cloak(netip.MustParseAddr("192.0.2.1"), "") == a {
		t.Error("the cloak does not depend on the secret")
	}
	if got := c.Cloak(netip.Addr{}, "localhost"); !strings.HasSuffix(got, ".ip") || strings.Contains(got, "localhost") {
		t.Errorf("the cloak of a unix socket is %s", got)
	}
}

// tail is the part of a cloak that neighbours share.
func tail(cloak string) string { _, t, _ := strings.Cut(cloak, "."); return t }
