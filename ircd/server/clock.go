package server

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// TestClock returns a clock for tests that must not wait: it begins offset from
// now, and runs faster. "+1y x30" is a year ahead and thirty times as fast; either
// part may be left out. "@path" is a clock that jumps: the file has such a text, and is
// read again all the time. Programs that fake the time for others have no effect on a
// Go program.
func TestClock(text string, start time.Time) (now func() time.Time, err error) {
	if path, ok := strings.CutPrefix(text, "@"); ok {
		return jumpingClock(path)
	}
	return fixedClock(text, start)
}

// jumpingClock returns a clock that is what a file says.
func jumpingClock(path string) (func() time.Time, error) {
	var clock atomic.Pointer[func() time.Time]
	read := func() error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		now, err := fixedClock(strings.TrimSpace(string(b)), time.Now())
		if err == nil {
			clock.Store(&now)
		}
		return err
	}
	if err := read(); err != nil {
		return nil, err
	}
	go func() {
		for range time.Tick(100 * time.Millisecond) {
			_ = read() // it may be being written
		}
	}()
	return func() time.Time { return (*clock.Load())() }, nil
}

func fixedClock(text string, start time.Time) (now func() time.Time, err error) {
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
