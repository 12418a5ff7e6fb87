package player

import (
	"errors"
	"fmt"
	"strings"
)

// A message is a line as a client understands it. The player has its own parser,
// so that a mistake of the server's cannot hide in both.
type message struct {
	raw     string
	tags    map[string]string
	source  string
	command string
	params  []string
}

var unescape = strings.NewReplacer(`\:`, ";", `\s`, " ", `\r`, "\r", `\n`, "\n", `\\`, `\`, `\`, "")

// parse reads a line without its end.
func parse(line string) (m message, err error) {
	m.raw = line
	if strings.HasPrefix(line, "@") {
		var tags string
		tags, line, _ = strings.Cut(line[1:], " ")
		m.tags = map[string]string{}
		for tag := range strings.SplitSeq(tags, ";") {
			key, value, _ := strings.Cut(tag, "=")
			if _, twice := m.tags[key]; twice || key == "" {
				return m, fmt.Errorf("the tag %q is empty or there twice", key)
			}
			m.tags[key] = unescape.Replace(value)
		}
	}
	if strings.HasPrefix(line, ":") {
		m.source, line, _ = strings.Cut(line[1:], " ")
	}
	middle, last, trailing := strings.Cut(line, " :")
	words := strings.Split(middle, " ")
	m.command, m.params = words[0], words[1:]
	for _, p := range m.params {
		if p == "" {
			return m, errors.New("a parameter is empty")
		}
	}
	if trailing {
		m.params = append(m.params, last)
	}
	if m.command == "" {
		return m, errors.New("there is no command")
	}
	return m, nil
}

// Limits of https://ircv3.net/specs/extensions/message-tags#size-limit, in bytes.
const (
	maxTags = 8191
	maxBody = 512
)

// check reports what no server may send, whatever the conversation is about.
func check(line string) error {
	body, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		return errors.New("the line does not end with CR LF")
	}
	if strings.ContainsAny(body, "\r\n\x00") {
		return errors.New("the line contains CR, LF or NUL")
	}
	tags := 0
	if strings.HasPrefix(line, "@") {
		tags = strings.IndexByte(line, ' ') + 1
	}
	if tags > maxTags || len(line)-tags > maxBody {
		return fmt.Errorf("the line is too long: %d bytes of tags, %d of the rest", tags, len(line)-tags)
	}
	_, err := parse(body)
	return err
}
