package server

import (
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/geoip/geoiptest"
)

// TestPlaces: bans and operators know where an address is, and a rehash reads the files
// again; one that cannot be read changes nothing.
func TestPlaces(t *testing.T) {
	country := geoiptest.File(t, map[string]geoiptest.Object{"127.0.0.0/8": {"country": geoiptest.Object{"iso_code": "GB"}}})
	asn := geoiptest.File(t, map[string]geoiptest.Object{"127.0.0.0/8": {"autonomous_system_number": uint32(64500), "autonomous_system_organization": "Example Net"}})
	oper := "[[oper]]\nname = \"x\"\nclass = \"netadmin\"\npassword = \"" + password.Hash(password.Cheap, "secret") + "\"\n"
	r := start(t, plainAt+"[geoip]\ncountry = \""+country+"\"\nasn = \""+asn+"\"\n"+oper)
	who := func() string {
		return dialogue(t, r.address(0), "NICK ann\r\nUSER ann 0 * :Ann\r\nOPER x secret\r\nUBAN ADD *!*@10.0.0.0/8&C:GB\r\nUBAN TEST 127.0.0.1\r\nWHOIS ann\r\nQUIT\r\n", " 318 ", "ERROR")
	}
	got := who()
	contains(t, got, " 381 ")
	contains(t, got, " 320 ann ann :is in the country GB and the network AS64500 (Example Net)")
	r.configure(plainAt + "[geoip]\ncountry = \"" + country + "x\"\n" + oper)
	if _, err := r.Rehash(); err == nil {
		t.Error("a file that is not there can be read")
	}
	contains(t, who(), "is in the country GB")
	r.configure(plainAt + oper)
	r.rehash()
	if got := who(); strings.Contains(got, "is in the country") {
		t.Errorf("still known: %s", got)
	}
}
