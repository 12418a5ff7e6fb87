package history

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lower maps ASCII to lower case.
var lower = func() (t [256]byte) {
	for i := range t {
		if t[i] = byte(i); 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// appendFolded appends s without regard to case, as searches compare texts.
func appendFolded(b []byte, s string) []byte {
	n := len(b)
	b, ascii := appendLowered(b, s)
	if ascii {
		return b
	}
	return appendFoldedRunes(b[:n], s)
}

// appendLower appends s with the letters of ASCII in lower case.
func appendLower(b []byte, s string) []byte {
	b, _ = appendLowered(b, s)
	return b
}

// appendLowered is appendLower, and tells whether s is ASCII.
func appendLowered(b []byte, s string) (lowered []byte, ascii bool) {
	n := len(b)
	b = append(b, s...)
	rest := b[n:]
	var all uint64
	for ; len(rest) >= 8; rest = rest[8:] {
		x := binary.LittleEndian.Uint64(rest)
		all |= x
		binary.LittleEndian.PutUint64(rest, lower8(x))
	}
	for i, c := range rest {
		all |= uint64(c)
		rest[i] = lower[c]
	}
	return b, all&notASCII == 0
}

const (
	each     = 0x0101010101010101 // a bit of each of eight bytes
	notASCII = 0x80 * each
)

// lower8 maps ASCII to lower case, eight bytes at a time. It leaves others as they are.
func lower8(x uint64) uint64 {
	seven := x &^ notASCII
	afterZ, fromA := seven+(0x7f-'Z')*each, seven+(0x80-'A')*each
	return x | (fromA^afterZ)&^x&notASCII>>2
}

func appendFoldedRunes(b []byte, s string) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[0]) // not text: as it is
		} else {
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
		s = s[n:]
	}
	return b
}

// foldName makes names equal that are equal in any casemapping. It is for
// searching: rights must not depend on it.
func foldName(s string) string { return string(appendFoldedName(nil, s)) }

func appendFoldedName(b []byte, s string) []byte {
	n := len(b)
	b = appendFolded(b, s)
	for i, c := range b[n:] {
		switch c { // what is one letter in IRC's old casemapping
		case '[', ']', '\\', '^':
			b[n+i] = c + ('{' - '[')
		}
	}
	return b
}

func nick(source string) string {
	n, _, _ := strings.Cut(source, "!")
	return n
}

// text returns the folded text of a message, in a buffer that may be used again.
func (e *entry) text(buf []byte) []byte {
	buf = buf[:0]
	for field, v, rest, ok := nextField(e.fields); ok; field, v, rest, ok = nextField(rest) {
		buf = appendText(buf, field, v)
	}
	return buf
}

// appendText appends what a field has of the text.
func appendText(buf []byte, field byte, v string) []byte {
	switch field {
	case fieldText:
		return appendFolded(buf, v)
	case fieldLine:
		if len(buf) > 0 && v != "" && v[0] == 0 {
			buf = append(buf, '\n')
		}
		return appendFolded(buf, v[min(1, len(v)):])
	}
	return buf
}

// parents calls f for the msgids that a message refers to.
func (e *entry) parents(f func(msgid string)) {
	for field, v, rest, ok := nextField(e.fields); ok; field, v, rest, ok = nextField(rest) {
		if field != fieldTag {
			continue
		}
		if id := parentOf(v); id != "" {
			f(id)
		}
	}
}

// parentOf returns the msgid that a tag refers to, or "".
func parentOf(tag string) string {
	if key, value, ok := cutTag(tag); ok && isReply(key) {
		return value
	}
	return ""
}

// isReply reports whether a client tag names the message that is referred to.
// https://ircv3.net/specs/client-tags/reply
func isReply(key string) bool { return key == "+reply" || key == "+draft/reply" }

// isLink reports whether a text that is folded has a link.
func isLink(text []byte) bool {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte("://"))
		if i < 0 {
			return false
		}
		i += from
		if i > 0 && text[i-1] >= 'a' && text[i-1] <= 'z' && i+3 < len(text) && text[i+3] > ' ' {
			return true
		}
		from = i + 1
	}
}
