package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// A Schema encodes records of type T as JSON with the number of the form they
// have, and reads every older form.
//
// The form changes with T. Whoever adds, renames or removes a field appends a
// migration, even if there is nothing to convert: a server must not read and
// write back a record whose fields it does not know.
type Schema[T any] struct {
	// Name says what a record is, for errors.
	Name string
	// Migrations holds, at index i, what turns form i+1 into form i+2.
	Migrations []Migration
}

// A Migration turns the fields of a record into those of the next form.
type Migration func(map[string]json.RawMessage) error

// ErrNewer means that a record was written by a newer version of Parley.
var ErrNewer = errors.New("the record was written by a newer version of Parley; update this server")

type envelope struct {
	Schema int             `json:"schema"`
	Record json.RawMessage `json:"record"`
}

// Current returns the number of the form that Encode writes.
func (s Schema[T]) Current() int { return len(s.Migrations) + 1 }

// Encode returns v as JSON.
func (s Schema[T]) Encode(v T) ([]byte, error) {
	fields, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", s.Name, err)
	}
	return json.Marshal(envelope{s.Current(), fields})
}

// Decode reads a record of the current form or an older one. Its errors wrap
// ErrNewer if the record is of a form that does not exist yet.
func (s Schema[T]) Decode(b []byte) (v T, err error) {
	// A server that starts reads all records there are; most are as Encode writes them.
	if record, ok := open(b, s.Current()); ok && json.Unmarshal(record, &v) == nil {
		return v, nil
	}
	var e envelope
	v = *new(T) // what has been read of it counts for nothing
	if err := json.Unmarshal(b, &e); err != nil {
		return v, fmt.Errorf("decode %s: %w", s.Name, err)
	}
	switch {
	case e.Schema > s.Current():
		return v, fmt.Errorf("decode %s: %w", s.Name, ErrNewer)
	case e.Schema < 1:
		return v, fmt.Errorf("decode %s: the schema number %d does not exist", s.Name, e.Schema)
	}
	if e.Schema < s.Current() {
		if e.Record, err = s.migrate(e); err != nil {
			return v, fmt.Errorf("decode %s: %w", s.Name, err)
		}
	}
	if err := json.Unmarshal(e.Record, &v); err != nil {
		return v, fmt.Errorf("decode %s: %w", s.Name, err)
	}
	return v, nil
}

// open returns the record in an envelope with this number that is written exactly as Encode
// does. What it returns need not be JSON.
func open(b []byte, number int) (record []byte, ok bool) {
	b, ok = bytes.CutPrefix(b, []byte(`{"schema":`))
	if !ok {
		return nil, false
	}
	if b, ok = bytes.CutPrefix(b, []byte(strconv.Itoa(number))); !ok {
		return nil, false
	}
	if b, ok = bytes.CutPrefix(b, []byte(`,"record":`)); !ok {
		return nil, false
	}
	return bytes.CutSuffix(b, []byte("}"))
}

func (s Schema[T]) migrate(e envelope) (json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(e.Record, &fields); err != nil {
		return nil, err
	}
	if fields == nil {
		return nil, errors.New("the record is null")
	}
	for from := e.Schema; from < s.Current(); from++ {
		if err := s.Migrations[from-1](fields); err != nil {
			return nil, fmt.Errorf("migrate from form %d: %w", from, err)
		}
	}
	return json.Marshal(fields)
}
