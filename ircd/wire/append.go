package wire

import (
	"strings"
	"unicode/utf8"

	"github.com/ergochat/irc-go/ircmsg"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
)

// A server may add 4094 bytes of tags. Room is kept for a label or a batch,
// which Tagged may add to the finished line.
const (
	maxClientTagData = ircmsg.MaxlenClientTagData
	maxServerTagData = ircmsg.MaxlenServerTagData - roomForLabel
	roomForLabel     = len("label=") + 2*MaxLabel + len(";")
)

// Append appends m to b as a line with CR LF, with those of its tags that a
// client with these capabilities reads. Whatever m is, the result is one line
// that reads as one message, within the limits of every client:
//
//   - What cannot be written is replaced by "*": a middle parameter that is
//     empty, begins with ":", or contains a space or a control character of
//     lines (CR, LF, NUL), and likewise a source or a command. In the last
//     parameter, such control characters become spaces.
//   - After the tags there are at most 512 bytes with CR LF. What is beyond,
//     normally the end of the last parameter, is cut off between characters.
//   - Tags of the server come before client-only tags. Each kind has at most
//     4094 bytes; a tag that does not fit is left out, never shortened. Of tags
//     with the same key the last is written; a key that cannot be written is
//     left out with its tag, and of a value that is not UTF-8 or contains NUL,
//     only the key is written.
//
// The text of m is written in English; see AppendIn for other languages.
func (m *Message) Append(b []byte, has caps.Set) []byte { return m.AppendIn(b, has, nil) }

// AppendIn is Append in the language of a catalogue.
func (m *Message) AppendIn(b []byte, has caps.Set, c *lang.Catalogue) []byte {
	if len(m.Tags) > 0 {
		b = m.Tags.append(b, has)
	}
	start := len(b)
	if m.Source != "" {
		b = append(b, ':')
		b = appendWord(b, m.Source)
		b = append(b, ' ')
	}
	if strings.HasPrefix(m.Command, "@") { // would read as tags
		b = append(b, '*')
	} else {
		b = appendWord(b, m.Command)
	}
	middle, last, ok := m.params(c)
	for i := range middle {
		b = append(b, ' ')
		b = appendWord(b, middle[i])
	}
	if ok {
		b = appendLast(b, last, trailing(m.Command))
	}
	if len(b)-start > MaxBody-2 {
		b = cut(b, start+MaxBody-2)
	}
	return append(b, '\r', '\n')
}

// params returns the last parameter, if there are any, and the others.
func (m *Message) params(c *lang.Catalogue) (middle []string, last string, ok bool) {
	if m.Text != nil {
		if last = m.Text.In(c); last == "" {
			last = " " // many clients count on the parameter
		}
		return m.Params, last, true
	}
	n := len(m.Params)
	if n == 0 {
		return nil, "", false
	}
	return m.Params[:n-1], m.Params[n-1], true
}

// trailing reports whether the last parameter of the command is always written
// with ":", which many clients have come to rely on.
func trailing(command string) bool {
	switch command {
	case "PRIVMSG", "NOTICE", "CAP", "ERROR", "QUIT", "302", "303", "319", "353":
		return true
	}
	return false
}

// What a byte does to text that contains it.
const (
	breaksWord = 1 << iota
	breaksLine
	isEscaped // in the value of a tag
	isNUL
)

var kinds = [256]uint8{
	0:    breaksWord | breaksLine | isNUL,
	'\r': breaksWord | breaksLine | isEscaped,
	'\n': breaksWord | breaksLine | isEscaped,
	' ':  breaksWord | isEscaped,
	';':  isEscaped,
	'\\': isEscaped,
}

// appendWord appends s, which must not be empty, begin with ":" or contain a
// space or control character of lines. Else it appends "*".
func appendWord(b []byte, s string) []byte {
	if s == "" || s[0] == ':' || kindsIn(s)&breaksWord != 0 {
		return append(b, '*')
	}
	return append(b, s...)
}

func appendLast(b []byte, s string, colon bool) []byte {
	found := kindsIn(s)
	if colon || s == "" || s[0] == ':' || found&breaksWord != 0 {
		b = append(b, ' ', ':')
	} else {
		b = append(b, ' ')
	}
	start := len(b)
	b = append(b, s...)
	if found&breaksLine != 0 {
		for i := start; i < len(b); i++ {
			if kinds[b[i]]&breaksLine != 0 {
				b[i] = ' '
			}
		}
	}
	return b
}

func kindsIn(s string) (k uint8) {
	for i := 0; i < len(s); i++ {
		k |= kinds[s[i]]
	}
	return k
}

// cut shortens b to at most n bytes. It neither splits a UTF-8 character nor
// leaves spaces at the end: with all of them gone, it does not matter whether a
// line was cut before, to more than n bytes.
func cut(b []byte, n int) []byte {
	// Text that is not UTF-8 has no boundaries to look for.
	i := n
	for i > n-utf8.UTFMax && !utf8.RuneStart(b[i]) {
		i--
	}
	if utf8.RuneStart(b[i]) {
		n = i
	}
	for b[n-1] == ' ' {
		n--
	}
	return b[:n]
}

// append appends the tags that a client with these capabilities reads, from
// "@" to the space, or nothing.
func (t Tags) append(b []byte, has caps.Set) []byte {
	var last map[string]int
	if len(t) > fewTags {
		last = make(map[string]int, len(t))
		for i := range t {
			last[t[i].Key] = i
		}
	}
	start := len(b)
	b = append(b, '@')
	b = t.appendKind(b, has, last, false, maxServerTagData)
	if has.Has(caps.MessageTags) {
		b = t.appendKind(b, has, last, true, maxClientTagData)
	}
	if len(b) == start+1 {
		return b[:start]
	}
	b[len(b)-1] = ' ' // was ";"
	return b
}

// appendKind appends either the client-only tags or the others, each with ";"
// after it, up to max bytes without the last ";".
func (t Tags) appendKind(b []byte, has caps.Set, last map[string]int, client bool, max int) []byte {
	start := len(b)
	for i := range t {
		if t[i].ClientOnly() != client || !reads(has, t[i].Key) || !validKey(t[i].Key) || t.repeated(i, last) {
			continue
		}
		before := len(b)
		b = append(t[i].append(b), ';')
		if len(b)-1-start > max {
			b = b[:before]
		}
	}
	return b
}

func (t Tag) append(b []byte) []byte {
	b = append(b, t.Key...)
	found := kindsIn(t.Value)
	if t.Value == "" || found&isNUL != 0 || !utf8.ValidString(t.Value) {
		return b
	}
	b = append(b, '=')
	if found&isEscaped == 0 {
		return append(b, t.Value...)
	}
	for i := 0; i < len(t.Value); i++ {
		switch c := t.Value[i]; c {
		case ';':
			b = append(b, '\\', ':')
		case ' ':
			b = append(b, '\\', 's')
		case '\\':
			b = append(b, '\\', '\\')
		case '\r':
			b = append(b, '\\', 'r')
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, c)
		}
	}
	return b
}

// reads reports whether a client with these capabilities reads the tag key.
func reads(has caps.Set, key string) bool { return has&readBy(key) != 0 }

// readBy returns the capability that makes a client read the tag key.
func readBy(key string) caps.Set {
	switch key {
	case "time":
		return 1 << caps.ServerTime
	case "account":
		return 1 << caps.AccountTag
	case "batch":
		return 1 << caps.Batch
	case "label":
		return 1 << caps.LabeledResponse
	case "draft/oper":
		return 1 << caps.OperTag
	case "draft/multiline-concat":
		return 1 << caps.Multiline
	case "draft/relaymsg":
		return 1 << caps.Relaymsg
	}
	return 1 << caps.MessageTags
}
