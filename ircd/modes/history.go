package modes

import (
	"strconv"
	"strings"
	"time"
)

// HistorySyntax is the syntax of the parameter of channel mode H.
const HistorySyntax = "<count>[:<duration>]"

// A HistoryLimit is how much history a channel has. Count 0 is none; Age 0 is no
// bound.
type HistoryLimit struct {
	Count int
	Age   time.Duration
}

// What a HistoryLimit may be at most.
const (
	maxHistory    = 1_000_000
	maxHistoryAge = 10 * 365 * day
)

const day = 24 * time.Hour

// historyUnits is in falling order; String takes the first that leaves no rest.
var historyUnits = []struct {
	letter byte
	size   time.Duration
}{{'w', 7 * day}, {'d', day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}

// ParseHistory reads the parameter of channel mode H: a number of messages and
// events and, behind a colon, a number of seconds, or one with a unit: s, m, h, d, w.
func ParseHistory(s string) (l HistoryLimit, ok bool) {
	count, age, aged := strings.Cut(s, ":")
	n, err := strconv.ParseUint(count, 10, 32)
	if err != nil || n > maxHistory {
		return l, false
	}
	l.Count = int(n)
	if aged {
		l.Age, ok = parseAge(age)
		return l, ok
	}
	return l, true
}

func parseAge(s string) (time.Duration, bool) {
	unit := time.Second
	for _, u := range historyUnits {
		if s != "" && s[len(s)-1] == u.letter {
			s, unit = s[:len(s)-1], u.size
			break
		}
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == 0 || n > uint64(maxHistoryAge/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// String returns l as ParseHistory reads it, in one form.
func (l HistoryLimit) String() string {
	s := strconv.Itoa(l.Count)
	for _, u := range historyUnits {
		if l.Age > 0 && l.Age%u.size == 0 {
			return s + ":" + strconv.FormatInt(int64(l.Age/u.size), 10) + string(u.letter)
		}
	}
	return s
}

func parseHistory(p string) (string, bool) {
	l, ok := ParseHistory(p)
	return l.String(), ok
}
