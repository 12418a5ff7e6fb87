package vhosts

import (
	"net/netip"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
)

// AccountWord is what stands for the name of the account in a template.
const AccountWord = "$account"

// Expand returns the host that a template is for an account. It need not be one that
// Check accepts: names have characters that no host has.
func Expand(template, account string) string {
	return strings.ReplaceAll(template, AccountWord, account)
}

// A Fault is what is wrong with a host.
type Fault uint8

// The faults.
const (
	NoFault Fault = iota
	BadForm       // it is no host
	Single        // it has only one part
	Address       // it looks like an address
	Cloak         // it looks like a cloak
	Taken         // it looks like one that stands for something else
)

// Rules say what hosts are not given.
type Rules struct {
	Mapping casemap.Mapping
	Suffix  string   // how cloaks end
	Hosts   []string // that stand for something else: of services, of servers, of operators
}

// Check returns what is wrong with a host. One that nothing is wrong with has two parts
// or more, separated by dots or slashes, of letters, digits, hyphens and underscores.
func (r Rules) Check(host string) Fault {
	if shown, ok := casemap.Hostname(host); !ok || shown != host || strings.Contains(host, ":") {
		return BadForm
	}
	parts := strings.FieldsFunc(host, separates)
	for _, part := range parts {
		if strings.ContainsAny(part[:1]+part[len(part)-1:], "-_") {
			return BadForm
		}
	}
	switch {
	case len(strings.FieldsFunc(host, separates)) != strings.Count(host, ".")+strings.Count(host, "/")+1:
		return BadForm // two separators in a row
	case r.reserves(host):
		return Taken
	case len(parts) == 1:
		return Single
	case r.isCloak(host):
		return Cloak
	case isAddress(host, parts):
		return Address
	}
	return NoFault
}

func separates(c rune) bool { return c == '.' || c == '/' }

func (r Rules) reserves(host string) bool {
	look := r.Mapping.Skeleton(host)
	for _, other := range r.Hosts {
		if other != "" && r.Mapping.Skeleton(other) == look {
			return true
		}
	}
	// RFC 6761: such names are those of relayed users, and nobody's.
	return strings.HasSuffix(string(look), string(r.Mapping.Skeleton(".invalid")))
}

func (r Rules) isCloak(host string) bool {
	return r.Suffix != "" && strings.HasSuffix(string(r.Mapping.Skeleton(host)), string(r.Mapping.Skeleton("."+r.Suffix)))
}

// isAddress reports whether people would take a host for an address, as a whole or in a
// part of it, or programs would.
func isAddress(host string, parts []string) bool {
	name, _, _ := strings.Cut(host, "/")
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	labels := strings.Split(name, ".")
	if last := labels[len(labels)-1]; len(labels) > 1 && isNumber(last) {
		return true // no domain ends so
	}
	row := 0
	for _, part := range parts {
		if row++; !isNumber(part) {
			row = 0
		}
		if row == 4 || looksDashed(part) {
			return true
		}
	}
	return false
}

// looksDashed reports whether a part has an address in it, as the names have that
// providers give: 192-0-2-1.
func looksDashed(part string) bool {
	row := 0
	for _, word := range strings.FieldsFunc(part, func(c rune) bool { return c == '-' || c == '_' }) {
		if row++; !isNumber(word) {
			row = 0
		}
		if row == 4 {
			return true
		}
	}
	return false
}

// isNumber reports whether a word is a number as addresses have it: 10, 0x0a.
func isNumber(word string) bool {
	digits, hex := strings.CutPrefix(string(casemap.ASCII.Fold(word)), "0x")
	if hex {
		return strings.Trim(digits, "0123456789abcdef") == ""
	}
	return word != "" && strings.Trim(word, "0123456789") == ""
}
