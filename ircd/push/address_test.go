package push

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/outbound"
)

func TestAddresses(t *testing.T) {
	public := "8.8.8.8 1.1.1.1 93.184.216.34 223.255.255.255 2606:4700:4700::1111 2a00:1450:4001:82f::200e ::ffff:8.8.8.8 64:ff9b::808:808 192.0.1.1 100.128.0.1 172.32.0.1"
	special := "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 172.31.255.255 " +
		"192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 " +
		":: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:10::1 2001:20::1 " +
		"2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 4000::1"
	r := Rules{Ports: []uint16{443}}
	for _, s := range strings.Fields(public) {
		if err := r.allows(netip.AddrPortFrom(netip.MustParseAddr(s), 443)); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range strings.Fields(special) {
		if err := r.allows(netip.AddrPortFrom(netip.MustParseAddr(s), 443)); !errors.Is(err, ErrAddress) {
			t.Errorf("%s is allowed", s)
		}
	}
	for _, s := range []string{"8.8.8.8:80", "8.8.8.8:22", "8.8.8.8:0", "[fe80::1%eth0]:443", "[2606:4700::1%1]:443"} {
		if err := r.allows(netip.MustParseAddrPort(s)); !errors.Is(err, ErrAddress) {
			t.Errorf("%s is allowed", s)
		}
	}
	if err := r.allows(netip.AddrPort{}); !errors.Is(err, ErrAddress) {
		t.Error("no address is allowed")
	}
	r.Private = prefixes("10.1.0.0/16", "fd00::/8")
	for s, want := range map[string]bool{"10.1.2.3:443": true, "10.2.0.1:443": false, "[::ffff:10.1.2.3]:443": true, "[fd00::1]:443": true, "10.1.2.3:80": false} {
		if got := r.allows(netip.MustParseAddrPort(s)) == nil; got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
}

func TestEndpoints(t *testing.T) {
	r := Rules{Ports: []uint16{443, 8443}}
	for endpoint, want := range map[string]bool{
		"https://push.example/a?b=c":                       true,
		"https://push.example:8443/a":                      true,
		"https://push.example":                             true,
		"https://8.8.8.8/a":                                true,
		"http://push.example/a":                            false,
		"HTTPS://push.example/a":                           true, // a scheme has no case
		"https://push.example:80/a":                        false,
		"https://push.example:99999/a":                     false,
		"https://push.example:/a":                          true,
		"https:///a":                                       false,
		"https://:443/a":                                   false,
		"https://a@push.example/":                          false,
		"https://push.example/#a":                          false,
		"https:push.example":                               false,
		"https://127.0.0.1/":                               false,
		"https://[::1]/":                                   false,
		"https://[::ffff:7f00:1]/":                         false,
		"https://[fe80::1%25eth0]/":                        false,
		"https://push.example/é":                           false,
		"https://push.example/\x7f":                        false,
		"ftp://push.example/":                              false,
		"":                                                 false,
		"https://push.example/" + strings.Repeat("a", 400): false,
	} {
		if got := r.checkEndpoint(endpoint) == nil; got != want {
			t.Errorf("%q: %v", endpoint, got)
		}
	}
}

const (
	testP256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
	testAuth   = "BTBZMqHH6r4Tts7J_aSIgg"
	testKeys   = "p256dh=" + testP256dh + ";auth=" + testAuth
)

func TestKeys(t *testing.T) {
	for keys, want := range map[string]bool{
		testKeys:              true,
		testKeys + ";other=x": true,
		"auth=" + testAuth + "==;p256dh=" + testP256dh + "=": true,
		"p256dh=" + testP256dh:                               false,
		"auth=" + testAuth:                                   false,
		"":                                                   false,
		"p256dh=" + testP256dh + ";auth=AAAA":                false,
		"p256dh=BA" + testP256dh[2:] + ";auth=" + testAuth: false, // no point of the curve
		testKeys + ";x=" + strings.Repeat("x", 400):        false,
	} {
		if _, _, err := ParseKeys(keys); (err == nil) != want {
			t.Errorf("%q: %v", keys, err)
		}
	}
}

// FuzzEndpoint looks for an endpoint with an address in it that requests must not be
// sent to.
func FuzzEndpoint(f *testing.F) {
	for _, s := range []string{"https://127.0.0.1/", "https://[::1]:443/", "https://0x7f.1/", "https://2130706433/", "https://push.example/?a", "https://[::ffff:1.2.3.4]/"} {
		f.Add(s)
	}
	r := Rules{Ports: []uint16{443}}
	f.Fuzz(func(t *testing.T, endpoint string) {
		if r.checkEndpoint(endpoint) != nil {
			return
		}
		h := host(endpoint)
		if a, err := netip.ParseAddr(h); err == nil && !outbound.Public(a.Unmap()) || h == "" {
			t.Errorf("%q is accepted", endpoint)
		}
	})
}
