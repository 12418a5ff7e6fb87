package config

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// fields returns the fields of the struct t that have keys.
func fields(t reflect.Type) []reflect.StructField {
	var fs []reflect.StructField
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			fs = append(fs, f)
		}
	}
	return fs
}

func keyOf(f reflect.StructField) string { return f.Tag.Get("toml") }

func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range fields(t) {
		keys = append(keys, keyOf(f))
	}
	return keys
}

func fieldByKey(t reflect.Type, key string) (reflect.StructField, bool) {
	for _, f := range fields(t) {
		if keyOf(f) == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// isTable reports whether a field of type t is a section, [key].
func isTable(t reflect.Type) bool { return t.Kind() == reflect.Struct }

// isTables reports whether a field of type t is a list of sections, [[key]].
func isTables(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct
}

var errType = errors.New("of another type")

// parseText returns text as a value of the type t of a key. Lists are separated
// by commas.
func parseText(t reflect.Type, text string) (any, error) {
	switch reflect.Zero(t).Interface().(type) {
	case Duration:
		return ParseDuration(text)
	case Size:
		return ParseSize(text)
	case string:
		return text, nil
	case bool:
		if text != "true" && text != "false" {
			return nil, errType
		}
		return text == "true", nil
	case int:
		return strconv.Atoi(text)
	case []string:
		return splitList(text), nil
	default:
		return nil, errType
	}
}

func splitList(text string) []string {
	list := []string{}
	for e := range strings.SplitSeq(text, ",") {
		if e = strings.TrimSpace(e); e != "" {
			list = append(list, e)
		}
	}
	return list
}

// setText sets v to text, and reports whether text could be read.
func setText(v reflect.Value, text string) bool {
	x, err := parseText(v.Type(), text)
	if err != nil {
		return false
	}
	v.Set(reflect.ValueOf(x))
	return true
}

// walk calls leaf for every key in v, a struct, and in the structs in it.
func walk(path string, v reflect.Value, leaf func(path string, f reflect.StructField, v reflect.Value)) {
	for _, f := range fields(v.Type()) {
		at, fv := join(path, keyOf(f)), v.FieldByIndex(f.Index)
		switch {
		case isTable(f.Type):
			walk(at, fv, leaf)
		case isTables(f.Type):
			for i := range fv.Len() {
				walk(index(at, i), fv.Index(i), leaf)
			}
		default:
			leaf(at, f, fv)
		}
	}
}
