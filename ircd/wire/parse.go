package wire

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/ergochat/irc-go/ircmsg"
)

// Errors of Parse.
var (
	ErrEmpty       = errors.New("the line has no command")
	ErrMalformed   = errors.New("the line contains characters that are not allowed")
	ErrTagsTooLong = errors.New("the tags are too long")
	ErrBodyTooLong = errors.New("the line is too long")
)

// Parse parses a line sent by a client, without its CR LF.
//
// The errors are ErrEmpty, ErrMalformed (CR, LF or NUL, or a command that
// cannot be one), ErrTagsTooLong (tags of more than 4094 bytes between "@" and the
// space) and ErrBodyTooLong (more than 510 bytes after the tags); the last two
// are to be answered by 417. With ErrBodyTooLong the message has its tags, so
// that the answer can be labelled. Of tags with the same key the last one
// counts. The value of a tag that is not UTF-8 is dropped.
// https://ircv3.net/specs/extensions/message-tags
func Parse(line []byte) (m Message, err error) {
	if len(line) > MaxLine {
		return m, tooLong(line)
	}
	if bytes.IndexByte(line, 0) >= 0 || bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, '\n') >= 0 {
		return m, ErrMalformed
	}
	body := string(line)
	if len(body) > 0 && body[0] == '@' {
		tags, rest, found := strings.Cut(body[1:], " ")
		switch {
		case len(tags) > ircmsg.MaxlenClientTagData:
			return m, ErrTagsTooLong
		case !found:
			return m, ErrEmpty
		}
		m.Tags, body = ParseTags(tags), rest
	}
	if len(body) > MaxBody-2 {
		return m, ErrBodyTooLong
	}
	return m, m.parseBody(body)
}

// parseBody parses what is after the tags.
func (m *Message) parseBody(s string) error {
	s = trimSpaces(s)
	if strings.HasPrefix(s, ":") {
		m.Source, s, _ = strings.Cut(s[1:], " ")
		s = trimSpaces(s)
	}
	command, s, _ := strings.Cut(s, " ")
	if command == "" {
		return ErrEmpty
	}
	for i := 0; i < len(command); i++ {
		if command[i] >= utf8.RuneSelf || command[i] == '@' { // "@": tags again
			return ErrMalformed
		}
	}
	m.Command = strings.ToUpper(command)
	var few [16]string // as many as RFC 1459 allows, and one
	params := few[:0]
	for s = trimSpaces(s); s != ""; s = trimSpaces(s) {
		if s[0] == ':' {
			params = append(params, s[1:])
			break
		}
		var p string
		p, s, _ = strings.Cut(s, " ")
		params = append(params, p)
	}
	if len(params) > 0 {
		m.Params = append(make([]string, 0, len(params)), params...)
	}
	return nil
}

// trimSpaces returns s without spaces at its beginning; no other character
// separates parameters.
func trimSpaces(s string) string {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	return s
}

// tooLong says which part of a line beyond every limit is too long, without
// looking at more of it than it must.
func tooLong(line []byte) error {
	if line[0] == '@' && bytes.IndexByte(line[:MaxClientTags], ' ') < 0 {
		return ErrTagsTooLong
	}
	return ErrBodyTooLong
}

// ParseTags parses tags as they are written between "@" and the space. Commands
// whose parameter is a list of attributes write it so, too.
func ParseTags(s string) Tags {
	if s == "" {
		return nil
	}
	tags := make(Tags, 0, strings.Count(s, ";")+1)
	for s != "" {
		var tag string
		tag, s, _ = strings.Cut(s, ";")
		key, value, _ := strings.Cut(tag, "=")
		if !validKey(key) {
			continue
		}
		if !utf8.ValidString(value) {
			value = ""
		}
		tags = append(tags, Tag{key, ircmsg.UnescapeTagValue(value)})
	}
	return tags.unique()
}

// fewTags is up to how many tags comparing each with each is the fastest.
const fewTags = 16

// unique returns t without the tags that a later one repeats. It may modify t.
func (t Tags) unique() Tags {
	if len(t) < 2 {
		return t
	}
	last := map[string]int(nil)
	if len(t) > fewTags {
		last = make(map[string]int, len(t))
		for i := range t {
			last[t[i].Key] = i
		}
	}
	n := 0
	for i := range t {
		if t.repeated(i, last) {
			continue
		}
		t[n] = t[i]
		n++
	}
	return t[:n]
}

// repeated reports whether the key of t[i] is that of a later tag. If last is
// not nil, it has the index of the last tag of each key.
func (t Tags) repeated(i int, last map[string]int) bool {
	if last != nil {
		return last[t[i].Key] != i
	}
	for j := i + 1; j < len(t); j++ {
		if t[j].Key == t[i].Key {
			return true
		}
	}
	return false
}

// validKey reports whether key can be written. It is an opaque identifier: any
// but one that would not be read again as it was written.
func validKey(key string) bool {
	if key == "" || key == "+" {
		return false
	}
	ascii := true
	for i := 0; i < len(key); i++ {
		if c := key[i]; c <= ' ' || c == ';' || c == '=' || c == 0x7f {
			return false
		}
		ascii = ascii && key[i] < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(key)
}

// Attribute returns a tag as it is written where it is a parameter.
func Attribute(key, value string) string {
	if value == "" {
		return key
	}
	return key + "=" + ircmsg.EscapeTagValue(value)
}
