package config

// Where addresses are: files in MaxMind's format (MMDB), which several providers offer. With
// them, bans know countries (C:GB) and networks of providers (A:64500), and WHOIS shows
// them to operators. The files are read again by a rehash.
type GeoIP struct {
	// The path of a file of countries. Empty for none.
	Country string `toml:"country" form:"path"`
	// The path of a file of autonomous systems. Empty for none.
	ASN string `toml:"asn" form:"path"`
}

func defaultGeoIP() GeoIP { return GeoIP{} }
