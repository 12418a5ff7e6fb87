package extban

import (
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
)

// MaxMinutes is the longest time until an entry expires: a year.
const MaxMinutes = 365 * 24 * 60

// action is for rows that only name an action.
func action(a Action) func(*Entry, casemap.Mapping, string) (string, string, error) {
	return func(e *Entry, _ casemap.Mapping, value string) (string, string, error) {
		return "", value, e.setAction(a)
	}
}

func (e *Entry) setAction(a Action) error {
	if e.action != Ban {
		return wrong("Only one of m, n, j, f and T can be in an entry: set one entry for each.")
	}
	e.action = a
	return nil
}

func actForward(e *Entry, m casemap.Mapping, value string) (string, string, error) {
	name, rest, ok := strings.Cut(value, ":")
	if !ok || !m.ValidChannel(name, casemap.MaxMask) {
		return "", "", wrong("Write the channel and whom to send there: f:<channel>:<mask>.")
	}
	e.forward = name
	return name, rest, e.setAction(Forward)
}

func actTime(e *Entry, _ casemap.Mapping, value string) (string, string, error) {
	param, rest, ok := strings.Cut(value, ":")
	n, err := strconv.ParseUint(param, 10, 32)
	if !ok || err != nil || n == 0 || n > MaxMinutes {
		return "", "", wrong("Write how many minutes, at most %d, and whom: t:<minutes>:<mask>.", MaxMinutes)
	}
	if e.expires != 0 {
		return "", "", wrong("An entry can have only one time.")
	}
	e.expires = time.Duration(n) * time.Minute
	return strconv.FormatUint(n, 10), rest, nil
}

// A filter is what a text row looks for.
type filter struct {
	censor bool
	mask   casemap.Mask
	word   casemap.Word
}

// setFilter parses the value of a text row, and returns it in canonical form. A
// text is looked for anywhere in a message if it does not say otherwise by
// asterisks; a word to censor is always.
func (e *Entry) setFilter(m casemap.Mapping, value string) (string, error) {
	how, text, ok := strings.Cut(value, ":")
	text = collapse(text)
	censor := casemap.ASCII.Equal(how, "censor")
	if !ok || strings.Trim(text, "*?") == "" || !censor && !casemap.ASCII.Equal(how, "block") {
		return "", wrong("Write what to do and the text to look for: T:block:<text> or T:censor:<text>.")
	}
	f := &filter{censor: censor}
	if !censor {
		if !strings.Contains(text, "*") {
			text = "*" + text + "*"
		}
		f.mask = m.Compile(text)
		e.filter = f
		return "block:" + text, e.setAction(Text)
	}
	text = strings.Trim(text, "*")
	if strings.Contains(text, "*") {
		return "", wrong("A text to censor cannot have * inside it: write ? for each character.")
	}
	f.word = m.Word(text)
	f.mask = m.Compile("*" + text + "*")
	e.filter = f
	return "censor:" + text, e.setAction(Text)
}
