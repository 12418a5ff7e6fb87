package geoip_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/parley-irc/parley/ircd/geoip"
	"github.com/parley-irc/parley/ircd/geoip/geoiptest"
)

func TestLookup(t *testing.T) {
	country := geoiptest.File(t, map[string]geoiptest.Object{
		"192.0.2.0/24":    {"country": geoiptest.Object{"iso_code": "GB"}},
		"2001:db8::/32":   {"country": geoiptest.Object{"iso_code": "DE"}},
		"198.51.100.0/24": {"continent": geoiptest.Object{"code": "EU"}},
	})
	asn := geoiptest.File(t, map[string]geoiptest.Object{
		"192.0.0.0/16": {"autonomous_system_number": uint32(64500), "autonomous_system_organization": "Example Net"},
	})
	r, err := geoip.Open(country, asn)
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]geoip.Place{
		"192.0.2.7": {"GB", "64500", "Example Net"}, "::ffff:192.0.2.7": {"GB", "64500", "Example Net"}, "192.0.3.1": {"", "64500", "Example Net"},
		"2001:db8::1": {"DE", "", ""}, "198.51.100.1": {}, "203.0.113.1": {}, "::1": {},
	} {
		if got := r.Lookup(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s is in %+v", addr, got)
		}
	}
	if (*geoip.Reader)(nil).Lookup(netip.MustParseAddr("192.0.2.7")) != (geoip.Place{}) || r.Lookup(netip.Addr{}) != (geoip.Place{}) {
		t.Error("nothing knows something")
	}
	if none, err := geoip.Open("", ""); err != nil || none.Lookup(netip.MustParseAddr("192.0.2.7")) != (geoip.Place{}) {
		t.Error(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.mmdb")
	if err := os.WriteFile(bad, []byte("nothing like that"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bad, bad + "x"} {
		if _, err := geoip.Open(path, ""); err == nil {
			t.Errorf("%s can be used", path)
		}
	}
}
