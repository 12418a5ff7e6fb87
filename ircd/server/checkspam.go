package server

import (
	"time"

	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/geoip"
	"github.com/parley-irc/parley/ircd/spamfilter"
)

// spam checks the spam filters, and whom they are not about.
func (k *checker) spam() {
	for i, f := range k.SpamFilters {
		filter := spamfilter.Filter{Pattern: f.Pattern, Targets: f.Targets, Action: spamfilter.Action(f.Action), Lasts: time.Duration(f.Duration)}
		if _, err := spamfilter.Check(filter); err != nil {
			k.bad(at("spam-filter", i, "pattern"), "cannot be used: %v", err)
		}
	}
	k.subjects("spam.exempt", k.Spam.Exempt)
	k.subjects("blocklists.exempt", k.Blocklists.Exempt)
	if _, err := geoip.Open(k.GeoIP.Country, ""); err != nil {
		k.bad("geoip.country", "cannot be used: %v", err)
	}
	if _, err := geoip.Open("", k.GeoIP.ASN); err != nil {
		k.bad("geoip.asn", "cannot be used: %v", err)
	}
	for i, g := range k.SecurityGroups {
		k.subjects(at("security-group", i, "members"), g.Members)
		k.subjects(at("security-group", i, "exclude"), g.Exclude)
	}
}

// subjects checks a list of whom something is about.
func (k *checker) subjects(key string, list []string) {
	for _, text := range list {
		if _, err := bans.Parse(casemap.ASCII, bans.Exempt, text); err != nil {
			k.bad(key, "%q cannot be used: %v", text, err)
		}
	}
}
