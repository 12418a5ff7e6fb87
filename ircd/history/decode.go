package history

import (
	"fmt"

	"github.com/parley-irc/parley/ircd/event"
)

// event decodes an entry.
func (e *entry) event() (*event.Event, error) {
	if e.kind == 0 {
		return nil, fmt.Errorf("%w: it is of a newer version", errEntry)
	}
	ev := &event.Event{Stamp: e.stamp}
	var m event.MessageSent
	body, rest := "", e.fields
	for rest != "" {
		field, v, next, ok := nextField(rest)
		if !ok {
			return nil, errEntry
		}
		rest = next
		switch field {
		case fieldUID:
			ev.UID = v
		case fieldSource:
			ev.Source = v
		case fieldAccount:
			ev.Account = v
		case fieldOper:
			ev.Oper = v
		case fieldFlags:
			ev.Bot = len(v) > 0 && v[0]&flagBot != 0
			m.OpsOnly = len(v) > 0 && v[0]&flagOpsOnly != 0
		case fieldBody:
			body = v
		default:
			if !setField(&m, field, v) {
				return nil, errEntry
			}
		}
	}
	return finishEvent(ev, &m, e, body)
}

func finishEvent(ev *event.Event, m *event.MessageSent, e *entry, body string) (*event.Event, error) {
	switch {
	case e.kind == Events:
		x, err := event.Decode([]byte(body))
		if err != nil {
			return nil, err
		}
		if x.Body == nil {
			return nil, fmt.Errorf("%w: its body is of a newer version", errEntry)
		}
		ev.Body = x.Body
		return ev, nil
	case e.kind == Tags:
		m.Command = "TAGMSG"
	case m.Command == "" && !hasField(e, fieldCommand):
		m.Command = "PRIVMSG"
	}
	ev.Body = *m
	return ev, nil
}

func hasField(e *entry, want byte) bool {
	for field, _, rest, ok := nextField(e.fields); ok; field, _, rest, ok = nextField(rest) {
		if field == want {
			return true
		}
	}
	return false
}

// setField sets one field of a message. Those it does not know are skipped.
func setField(m *event.MessageSent, field byte, v string) (ok bool) {
	switch field {
	case fieldCommand:
		m.Command = v
	case fieldTarget:
		m.Target = v
	case fieldTo:
		m.To = v
	case fieldStatus:
		if len(v) != 1 {
			return false
		}
		m.Status = v[0]
	case fieldText:
		m.Text = v
	case fieldTag:
		key, value, ok := cutTag(v)
		if !ok {
			return false
		}
		m.Tags = append(m.Tags, event.Tag{Key: key, Value: value})
	case fieldLine:
		if v == "" {
			return false
		}
		m.Lines = append(m.Lines, event.Line{Concat: v[0] == 1, Text: v[1:]})
	case fieldShown:
		m.Shown = v
	case fieldRelayer:
		m.Relayer = v
	case fieldEdited:
		at, _, ok := cutStamp(v)
		m.Edited = at
		return ok
	case fieldWording:
		w, ok := parseWording(v)
		m.Trail = append(m.Trail, w)
		return ok
	}
	return true
}

func cutTag(v string) (key, value string, ok bool) {
	n, size := uvarint(v)
	if size <= 0 || n > uint64(len(v)-size) {
		return "", "", false
	}
	return v[size : size+int(n)], v[size+int(n):], true
}
