package extban

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
)

// A term is one condition on a user.
type term struct {
	not     bool
	letter  byte   // 0 for a mask
	text    string // in canonical form, without the letter
	match   func(*term, Subject) bool
	mask    casemap.Mask
	who     casemap.Mask // the mask without its host
	network netip.Prefix // which the host is
	value   string
	channel casemap.Folded
}

// prefixes are those of the channel statuses, from the highest.
const prefixes = "~&@%+"

func maskTerm(m casemap.Mapping, mask string) term {
	host := strings.LastIndexByte(mask, '@') + 1
	t := term{match: matchMask}
	if network, ok := parseNetwork(mask[host:]); ok {
		t.match, t.network, t.who = matchNetwork, network, m.Compile(mask[:host]+"*")
		mask = mask[:host] + networkText(network)
	}
	t.text, t.mask = mask, m.Compile(mask)
	return t
}

func matchMask(t *term, s Subject) bool {
	for _, known := range s.Masks() {
		if t.mask.Match(known) {
			return true
		}
	}
	return false
}

// matchNetwork compares the address. A host that only reads like it is one, too.
func matchNetwork(t *term, s Subject) bool {
	if !t.network.Contains(s.Addr()) {
		return matchMask(t, s)
	}
	for _, known := range s.Masks() {
		if t.who.Match(known) {
			return true
		}
	}
	return false
}

// parseNetwork returns the network that a host is, which may be of one address.
func parseNetwork(host string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(host); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(host)
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, false
	}
	return p.Masked(), true
}

// networkText is a network as hosts are written.
func networkText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// oneMask is for rows that compare one text of the user with a mask. A user
// without that text does not match, not even "*".
func oneMask(m casemap.Mapping, mask string, of func(Subject) string) (term, string, error) {
	mask = collapse(mask)
	return term{mask: m.Compile(mask), match: func(t *term, s Subject) bool {
		text := of(s)
		return text != "" && t.mask.Match(text)
	}}, mask, nil
}

func parseAccount(m casemap.Mapping, value string) (term, string, error) {
	return oneMask(m, value, Subject.Account)
}

func parseRealname(m casemap.Mapping, value string) (term, string, error) {
	return oneMask(m, value, Subject.Realname)
}

func parseServer(m casemap.Mapping, value string) (term, string, error) {
	return oneMask(m, value, Subject.ServerName)
}

func parseOper(m casemap.Mapping, value string) (term, string, error) {
	return oneMask(m, value, Subject.OperName)
}

func parseUnauthed(_ casemap.Mapping, value string) (term, string, error) {
	return flag(value, func(_ *term, s Subject) bool { return s.Account() == "" })
}

func parseTLS(_ casemap.Mapping, value string) (term, string, error) {
	return flag(value, func(_ *term, s Subject) bool { return s.Secure() })
}

// flag is for rows that have no value.
func flag(value string, match func(*term, Subject) bool) (term, string, error) {
	if value != "*" && value != "*!*@*" {
		return term{}, "", wrong("Write * instead of %s, or put the mask before it and join them with &.", value)
	}
	return term{match: match}, "*", nil
}

func parseCertFP(_ casemap.Mapping, value string) (term, string, error) {
	value = string(casemap.ASCII.Fold(strings.ReplaceAll(value, ":", "")))
	if value == "*" {
		return term{match: func(_ *term, s Subject) bool { return s.CertFP() != "" }}, value, nil
	}
	if len(value) < 32 || len(value)%2 != 0 || strings.Trim(value, "0123456789abcdef") != "" {
		return term{}, "", wrong("%s is not a certificate fingerprint: it is a number in hexadecimal.", value)
	}
	return term{value: value, match: func(t *term, s Subject) bool {
		return casemap.ASCII.Equal(s.CertFP(), t.value)
	}}, value, nil
}

func parseCountry(_ casemap.Mapping, value string) (term, string, error) {
	if len(value) != 2 || !isLetter(value[0]) || !isLetter(value[1]) {
		return term{}, "", wrong("%s is not a country: write its two-letter code.", value)
	}
	value = string([]byte{value[0] &^ 0x20, value[1] &^ 0x20})
	return term{value: value, match: func(t *term, s Subject) bool {
		return casemap.ASCII.Equal(s.Country(), t.value)
	}}, value, nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func parseASN(_ casemap.Mapping, value string) (term, string, error) {
	n, err := strconv.ParseUint(number(value), 10, 32)
	if err != nil || n == 0 {
		return term{}, "", wrong("%s is not the number of an autonomous system.", value)
	}
	value = strconv.FormatUint(n, 10)
	return term{value: value, match: func(t *term, s Subject) bool {
		return number(s.ASN()) == t.value
	}}, value, nil
}

func parseGroup(_ casemap.Mapping, value string) (term, string, error) {
	value = string(casemap.ASCII.Fold(value))
	if strings.Trim(value, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(value) > 30 {
		return term{}, "", wrong("%s is not the name of a security group.", value)
	}
	return term{value: value, match: func(t *term, s Subject) bool { return s.InGroup(t.value) }}, value, nil
}

// number returns asn without the letters "AS" before it.
func number(asn string) string {
	if len(asn) > 2 && casemap.ASCII.Equal(asn[:2], "as") {
		return asn[2:]
	}
	return asn
}

func parseChannel(m casemap.Mapping, value string) (term, string, error) {
	prefix, name := "", value
	if strings.IndexByte(prefixes, value[0]) >= 0 {
		prefix, name = value[:1], value[1:]
	}
	if !m.ValidChannel(name, casemap.MaxMask) {
		return term{}, "", wrong("%s is not the name of a channel.", name)
	}
	return term{value: prefix, channel: m.Fold(name), match: matchChannel}, value, nil
}

func matchChannel(t *term, s Subject) bool {
	prefix, in := s.InChannel(t.channel)
	if !in || t.value == "" {
		return in
	}
	least := strings.IndexByte(prefixes, t.value[0])
	return strings.ContainsAny(prefix, prefixes[:least+1])
}
