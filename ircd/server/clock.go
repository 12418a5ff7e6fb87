package server

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TestClock returns a clock for tests that must not wait: it begins offset from
// now, and runs faster. "+1y x30" is a year ahead and thirty times as fast; either
// part may be left out. Programs that fake the time for others have no effect on a
// Go program.
func TestClock(text string, start time.Time) (now func() time.Time, err error) {
	offset, speed := time.Duration(0), 1.0
	for field := range strings.FieldsSeq(text) {
		if factor, ok := strings.CutPrefix(field, "x"); ok {
			speed, err = strconv.ParseFloat(factor, 64)
		} else {
			offset, err = parseOffset(field)
		}
		if err != nil || speed <= 0 {
			return nil, fmt.Errorf("PARLEY_TEST_CLOCK is %q; write an offset and a speed, such as \"+1y x30\"", text)
		}
	}
	return func() time.Time {
		return start.Add(offset + time.Duration(float64(time.Since(start))*speed))
	}, nil
}

// parseOffset reads "+1y", "-30d" and what time.ParseDuration does.
func parseOffset(text string) (time.Duration, error) {
	for unit, hours := range map[string]int{"y": 365 * 24, "w": 7 * 24, "d": 24} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			days, err := strconv.Atoi(n)
			return time.Duration(days*hours) * time.Hour, err
		}
	}
	return time.ParseDuration(text)
}
