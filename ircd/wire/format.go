package wire

import "strings"

// StripFormatting removes colours and formatting.
// https://modern.ircdocs.horse/formatting
func StripFormatting(s string) string {
	if !strings.ContainsAny(s, "\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case 0x02, 0x0f, 0x11, 0x16, 0x1d, 0x1e, 0x1f:
		case 0x03:
			i += colour(s[i+1:], 2, isDigit)
		case 0x04:
			i += colour(s[i+1:], 6, isHex)
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// colour returns the length of the digits of a foreground and a background.
func colour(s string, max int, digit func(byte) bool) int {
	run := func(s string) (n int) {
		for n < len(s) && n < max && digit(s[n]) {
			n++
		}
		return n
	}
	n := run(s)
	if n > 0 && n < len(s) && s[n] == ',' {
		if m := run(s[n+1:]); m > 0 {
			n += 1 + m
		}
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
