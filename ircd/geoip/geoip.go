// Package geoip says in which country an address is, and to which provider's network it
// belongs, from files in MaxMind's format.
package geoip

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"

	"github.com/oschwald/maxminddb-golang/v2"
)

// A Place is what is known of an address; what is not is "".
type Place struct {
	Country string // ISO 3166-1, two letters
	ASN     string // the number of the autonomous system, without letters
	Network string // what that is called
}

// A Reader answers from files that were read. It can be used by several goroutines.
type Reader struct{ country, asn *maxminddb.Reader }

// Open reads the files at these paths, each of which may be "". They are held in memory,
// so that they can be replaced at any time.
func Open(country, asn string) (r *Reader, err error) {
	r = &Reader{}
	if r.country, err = read(country); err != nil {
		return nil, err
	}
	if r.asn, err = read(asn); err != nil {
		return nil, err
	}
	return r, nil
}

func read(path string) (*maxminddb.Reader, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the places of addresses: %w", err)
	}
	r, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, fmt.Errorf("read the places of addresses in %s: %w", path, err)
	}
	return r, nil
}

// Lookup returns what is known of an address. A nil Reader knows nothing, nor does a
// damaged file.
func (r *Reader) Lookup(addr netip.Addr) (p Place) {
	if r == nil || !addr.IsValid() {
		return p
	}
	addr = addr.Unmap().WithZone("")
	if r.country != nil {
		_ = r.country.Lookup(addr).DecodePath(&p.Country, "country", "iso_code")
	}
	if len(p.Country) != 2 {
		p.Country = ""
	}
	if r.asn != nil {
		var number uint
		found := r.asn.Lookup(addr)
		if found.DecodePath(&number, "autonomous_system_number") == nil && number > 0 {
			p.ASN = strconv.FormatUint(uint64(number), 10)
		}
		_ = found.DecodePath(&p.Network, "autonomous_system_organization")
	}
	return p
}
