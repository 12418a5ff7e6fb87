package httpapi

import (
	"reflect"
	"strings"
	"time"
)

// A Field describes a part of a request or an answer, for people.
type Field = pageField

// Params describes the parts of the path and the query.
func (r *Route) Params() (all []Field) {
	if r.query == nil {
		return nil
	}
	for i := range r.query.NumField() {
		f := r.query.Field(i)
		name := f.Tag.Get("query")
		if p := f.Tag.Get("path"); p != "" {
			name = p
		}
		all = append(all, Field{name, kindOf(f), f.Tag.Get("doc"), f.Tag.Get("path") != ""})
	}
	return all
}

// Body describes the fields of the body.
func (r *Route) Body() []Field { return fieldsOf(r.body) }

// Answer returns the name of the type of the answer, "" if there is none.
func (r *Route) Answer() string {
	if r.answer == nil {
		return ""
	}
	return nameOf(r.answer)
}

// TypeName returns the name of the type of a value.
func TypeName(v any) string { return nameOf(reflect.TypeOf(v)) }

// Status returns the status of an answer when all is well.
func (r *Route) Status() int { return r.status() }

// Types describes the types of bodies and answers, by name.
func Types() map[string][]Field {
	types := map[string][]Field{}
	var add func(t reflect.Type)
	add = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() || types[nameOf(t)] != nil {
			return
		}
		types[nameOf(t)] = fieldsOf(t)
		for i := range t.NumField() {
			add(t.Field(i).Type)
		}
	}
	for _, r := range Routes() {
		if r.answer != nil {
			add(r.answer)
		}
	}
	for _, k := range Kinds() {
		add(reflect.TypeOf(k.Data))
	}
	add(reflect.TypeFor[Event]())
	add(reflect.TypeFor[Problem]())
	return types
}

func fieldsOf(t reflect.Type) (all []Field) {
	if t == nil {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		all = append(all, Field{name, kindOf(f), f.Tag.Get("doc"), !strings.Contains(options, "omit")})
	}
	return all
}

// kindOf says what a field may be.
func kindOf(f reflect.StructField) string {
	if choices := f.Tag.Get("enum"); choices != "" {
		return strings.ReplaceAll(choices, "|", ", ")
	}
	return kindName(f.Type)
}

func kindName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "time"
	case t.Kind() == reflect.Pointer:
		return kindName(t.Elem())
	case t.Kind() == reflect.Slice:
		return "list of " + kindName(t.Elem())
	case t.Kind() == reflect.Map:
		return "object"
	case t.Kind() == reflect.Struct:
		return nameOf(t)
	case t.Kind() == reflect.Interface:
		return "object"
	}
	return map[reflect.Kind]string{
		reflect.String: "text", reflect.Bool: "true or false", reflect.Int: "number", reflect.Int64: "number", reflect.Float64: "number",
	}[t.Kind()]
}
