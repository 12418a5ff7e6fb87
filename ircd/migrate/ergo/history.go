package ergo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/migrate"
)

// ErrHistory means that a file is not what docs/manual/migrate.md has a database make of
// the history.
var ErrHistory = errors.New("this is not a history of Ergo as JSON; docs/manual/migrate.md has the command that writes it")

// LikeHistory reports whether a file begins as a history.
func LikeHistory(head []byte) bool {
	head = bytes.TrimLeft(head, "[ \t\r\n")
	return bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"correspondent":`)) && bytes.Contains(head, []byte(`"data":`))
}

// A row is one of the database: in which channel, or in whose conversation with whom, and
// what, as Ergo encodes it.
type row struct {
	Target, Correspondent string
	ID                    int64
	Data                  string
}

// An item is what Ergo keeps of something that was said or done.
type item struct {
	Type        int
	Nick        string // nick!user@host
	AccountName string
	Message     struct {
		Message, Msgid string
		Split          []struct {
			Message string
			Concat  bool
		}
		Time time.Time
	}
	Tags   map[string]string
	Params [1]string
	IsBot  bool
}

// The types of items that are read. Others, such as changes of modes, are left out.
const (
	itemPrivmsg = 1
	itemNotice  = 2
	itemJoin    = 3
	itemPart    = 4
	itemKick    = 5
	itemTagmsg  = 8
	itemTopic   = 10
)

// ReadHistory calls f for everything in a history: a list in JSON, or a line for each. It
// returns how many things were left out.
func ReadHistory(r io.Reader, f func(*migrate.Said) error) (left int, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	d := json.NewDecoder(in)
	if head, _ := in.Peek(1); string(head) == "[" {
		if _, err := d.Token(); err != nil {
			return 0, ErrHistory
		}
	}
	for n := 0; d.More(); n++ {
		var x row
		if err := d.Decode(&x); err != nil || x.Target == "" {
			return left, fmt.Errorf("row %d: %w", n+1, ErrHistory)
		}
		s := x.said()
		if s == nil {
			left++
			continue
		}
		if err := f(s); err != nil {
			return left, err
		}
	}
	return left, nil
}

// said returns what a row says, or nil.
func (x row) said() *migrate.Said {
	var i item
	if err := json.Unmarshal([]byte(x.Data), &i); err != nil || sane(i.Message.Time).IsZero() {
		return nil
	}
	s := &migrate.Said{
		Target: x.Target, With: x.Correspondent, Seq: x.ID, At: i.Message.Time, MsgID: i.Message.Msgid,
		Source: i.Nick, Account: strings.TrimPrefix(i.AccountName, "*"), Bot: i.IsBot, ReplyTo: i.Tags["+draft/reply"],
	}
	text := migrate.Text(i.Message.Message)
	switch i.Type {
	case itemPrivmsg, itemNotice, itemTagmsg:
		m := event.MessageSent{Command: map[int]string{itemPrivmsg: "PRIVMSG", itemNotice: "NOTICE", itemTagmsg: "TAGMSG"}[i.Type], Text: text}
		for _, line := range i.Message.Split {
			m.Lines = append(m.Lines, event.Line{Text: migrate.Text(line.Message), Concat: line.Concat})
		}
		if len(m.Lines) > 0 {
			m.Text = ""
		}
		m.Tags = tags(i.Tags)
		s.Body = m
	case itemJoin:
		s.Body = event.Joined{Channel: x.Target}
	case itemPart:
		s.Body = event.Parted{Channel: x.Target, Reason: text}
	case itemKick:
		s.Body = event.Kicked{Channel: x.Target, Nick: migrate.Text(i.Params[0]), Reason: text}
	case itemTopic:
		s.Body = event.TopicSet{Channel: x.Target, Topic: text}
	default:
		return nil
	}
	if _, ok := s.Body.(event.MessageSent); !ok && s.With != "" {
		return nil
	}
	return s
}

// tags returns the tags that are kept: reactions, and the like, but for replies, which
// refer to a message by what it is called here.
func tags(all map[string]string) (kept []event.Tag) {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		name, client := strings.CutPrefix(key, "+")
		plain := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./") == ""
		if client && plain && name != "" && key != "+draft/reply" && key != "+reply" && len(key) < 64 && len(all[key]) < 512 {
			kept = append(kept, event.Tag{Key: key, Value: migrate.Text(all[key])})
		}
	}
	return kept
}
