package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// A Plain is an event without its facts, in a form that is read by people and programs as
// JSON, and from which the event can be made again.
type Plain struct {
	MsgID   string `json:"msgid"` // has the stamp
	Time    string `json:"time"`
	UID     string `json:"uid,omitempty"`
	Source  string `json:"source,omitempty"`
	Account string `json:"account,omitempty"`
	Bot     bool   `json:"bot,omitempty"`
	Oper    string `json:"oper,omitempty"`
	Type    string `json:"type"` // the name of the type of the body
	// Body has the fields of the body that are not zero, by their names.
	Body json.RawMessage `json:"body"`
	// Raw is the event as Encode has it, if there is text in it that is not UTF-8, which
	// JSON cannot hold.
	Raw []byte `json:"raw,omitempty"`
}

// byName are the bodies by the names of their types.
var byName = func() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, b := range bodies {
		t := reflect.TypeOf(b)
		m[t.Name()] = t
	}
	return m
}()

// Plain returns the plain form of e.
func (e *Event) Plain() (p Plain, err error) {
	p = Plain{
		MsgID: e.ID(), Time: e.ServerTime(), UID: e.UID, Source: e.Source, Account: e.Account, Bot: e.Bot, Oper: e.Oper,
	}
	v := reflect.ValueOf(e.Body)
	if !v.IsValid() {
		return p, fmt.Errorf("event %s has no body", p.MsgID)
	}
	p.Type = v.Type().Name()
	if p.Body, err = fields(v); err != nil {
		return p, fmt.Errorf("event %s: %w", p.MsgID, err)
	}
	// The encoder writes this for what is not UTF-8.
	const invalid = `\ufffd`
	if bytes.Contains(p.Body, []byte(invalid)) || !utf8.ValidString(e.UID+e.Source+e.Account+e.Oper) {
		bare := *e
		bare.Facts = nil
		p.Raw, err = Encode(&bare)
	}
	return p, err
}

// fields returns the fields of a struct that are not zero, in their order.
func fields(v reflect.Value) (json.RawMessage, error) {
	b := []byte{'{'}
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), v.Type().Field(i).Name...), '"', ':')
		value, err := encodePlain(v.Field(i).Interface())
		if err != nil {
			return nil, err
		}
		b = append(b, value...)
	}
	return append(b, '}'), nil
}

// encodePlain encodes without writing <, > and & as numbers.
func encodePlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Event returns the event of a plain form.
func (p *Plain) Event() (*Event, error) {
	s, ok := ParseID(p.MsgID)
	if !ok || s.IsZero() {
		return nil, fmt.Errorf("%q is not the msgid of an event", p.MsgID)
	}
	if p.Raw != nil {
		e, err := Decode(p.Raw)
		if err == nil && (e.Stamp != s || e.Body == nil) {
			err = fmt.Errorf("event %s: raw is of another event", p.MsgID)
		}
		return e, err
	}
	t, ok := byName[p.Type]
	if !ok {
		return nil, fmt.Errorf("event %s: there is no type %q", p.MsgID, p.Type)
	}
	body := reflect.New(t)
	if err := json.Unmarshal(p.Body, body.Interface()); err != nil {
		return nil, fmt.Errorf("event %s: %w", p.MsgID, err)
	}
	return &Event{
		Stamp: s, UID: p.UID, Source: p.Source, Account: p.Account, Bot: p.Bot, Oper: p.Oper,
		Body: body.Elem().Interface().(Body),
	}, nil
}
