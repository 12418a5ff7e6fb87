package mail

import (
	netmail "net/mail"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
)

// maxAddress is how long an address can be, in bytes (RFC 5321).
const maxAddress = 254

// Valid reports whether s is an e-mail address, without a name, in the form that
// people use: no comments, no quotes, and a domain rather than an address of a host.
func Valid(s string) bool {
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > maxAddress {
		return false
	}
	at := strings.LastIndexByte(s, '@')
	local, host := s[:at], s[at+1:]
	if len(local) > 64 || strings.ContainsAny(local, "\" \\") || !ascii(s) {
		return false
	}
	return validDomain(host)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// validDomain reports whether s is a domain of two labels or more.
func validDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		if strings.Trim(l, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && strings.Trim(last, "0123456789") != "" && len(s) <= 253
}

// refused reports whether one of the masks matches.
func (o *Options) refused(address string) bool {
	for _, mask := range o.Refuse {
		if casemap.ASCII.Compile(mask).Match(string(casemap.ASCII.Fold(address))) {
			return true
		}
	}
	return false
}
