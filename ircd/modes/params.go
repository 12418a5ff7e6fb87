package modes

import (
	"math"
	"strconv"
	"strings"
)

// MaxKey is the longest channel key, in bytes.
const MaxKey = 32

// parseKey accepts what can be a middle parameter of JOIN: printable, without
// spaces or commas, and not beginning with a colon.
func parseKey(p string) (string, bool) {
	if p == "" || p[0] == ':' || strings.ContainsAny(p, " ,") {
		return "", false
	}
	for _, r := range p {
		if r < ' ' || r == 0x7f {
			return "", false
		}
	}
	return p[:min(len(p), MaxKey)], len(p) <= MaxKey
}

func parseLimit(p string) (string, bool) {
	n, err := strconv.Atoi(p)
	return strconv.Itoa(n), err == nil && n > 0 && n <= math.MaxInt32
}

// parseThrottle accepts <count>:<seconds>.
func parseThrottle(p string) (string, bool) {
	r, ok := ParseRate(p)
	return r.String(), ok
}

// A Rate is a number of happenings within a number of seconds.
type Rate struct{ Count, Seconds int }

// ParseRate reads <count>:<seconds>; both are positive, at most 9,999 and 3,600.
func ParseRate(s string) (Rate, bool) {
	c, sec, ok := strings.Cut(s, ":")
	count, err1 := strconv.Atoi(c)
	seconds, err2 := strconv.Atoi(sec)
	ok = ok && err1 == nil && err2 == nil && count > 0 && count <= 9999 && seconds > 0 && seconds <= 3600
	return Rate{count, seconds}, ok
}

func (r Rate) String() string { return strconv.Itoa(r.Count) + ":" + strconv.Itoa(r.Seconds) }
