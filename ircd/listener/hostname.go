package listener

import "strings"

// validHost returns a name from DNS without its final dot, if it is one that can
// stand in a message and mistaken for nothing else: letters, digits, hyphens and
// underscores in labels of 1 to 63 bytes, and a last label that is no number, as
// in an address.
func validHost(name string, max int) (string, bool) {
	host := strings.TrimSuffix(name, ".")
	if host == "" || len(host) > max {
		return "", false
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if !validLabel(label) {
			return "", false
		}
		last = label
	}
	if strings.Trim(last, "0123456789") == "" {
		return "", false
	}
	return host, true
}

func validLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if !alphanumeric(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
