package config

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// A Duration is a time.Duration that is written "90s", "15m", "2h", "7d" or a
// sequence of those, "1h30m". Its units are ms, s, m, h, d and w.
type Duration time.Duration

// durationUnits is in falling order; String takes the greatest that leave no rest.
var durationUnits = []struct {
	name string
	size Duration
}{
	{"w", Duration(7 * 24 * time.Hour)},
	{"d", Duration(24 * time.Hour)},
	{"h", Duration(time.Hour)},
	{"m", Duration(time.Minute)},
	{"s", Duration(time.Second)},
	{"ms", Duration(time.Millisecond)},
}

var errDuration = errors.New(`a duration such as "90s", "15m", "2h" or "7d"`)

// Std returns d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns d as ParseDuration reads it: "1h30m", "7d"; zero is "0s".
func (d Duration) String() string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range durationUnits {
		if u.name == "w" { // "30d" reads better than "4w2d"
			continue
		}
		if n := d / u.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + u.name)
			d -= n * u.size
		}
	}
	return b.String()
}

// ParseDuration reads a duration. The error says what one looks like.
func ParseDuration(s string) (Duration, error) {
	if s == "0" {
		return 0, nil
	}
	var d Duration
	for rest := s; rest != "" || s == ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil {
			return 0, errDuration
		}
		rest = rest[digits:]
		size := Duration(0)
		// "m" begins "ms", so the units are tried from the last.
		for i := len(durationUnits) - 1; i >= 0 && size == 0; i-- {
			u := durationUnits[i]
			if after, ok := strings.CutPrefix(rest, u.name); ok {
				size, rest = u.size, after
			}
		}
		if size == 0 || n > int64((1<<63-1-d)/size) {
			return 0, errDuration
		}
		d += Duration(n) * size
	}
	return d, nil
}
