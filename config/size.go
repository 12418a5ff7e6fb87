package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// A Size is a number of bytes that is written "512", "16KiB" or "1MiB".
type Size int64

// The units of sizes.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
)

// sizeUnits is in falling order.
var sizeUnits = []struct {
	name string
	size Size
}{{"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}}

var errSize = errors.New(`a size such as "16KiB", "1MiB" or a number of bytes`)

// String returns s as ParseSize reads it.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if s != 0 && s%u.size == 0 {
			return strconv.FormatInt(int64(s/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// Rounded returns s as people like to read it: "94 B", "1.4 KiB", "12 MiB".
func (s Size) Rounded() string {
	for _, u := range sizeUnits {
		switch x := float64(s) / float64(u.size); {
		case x >= 9.95:
			return strconv.FormatFloat(x, 'f', 0, 64) + " " + u.name
		case x >= 1:
			return strconv.FormatFloat(x, 'f', 1, 64) + " " + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + " B"
}

// ParseSize reads a size. The error says what one looks like.
func ParseSize(text string) (Size, error) {
	size := Size(1)
	digits := text
	for _, u := range sizeUnits {
		if before, ok := strings.CutSuffix(text, u.name); ok {
			size, digits = u.size, strings.TrimSpace(before)
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/int64(size) {
		return 0, errSize
	}
	return Size(n) * size, nil
}
