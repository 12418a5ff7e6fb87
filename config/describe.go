package config

import "reflect"

// A Section describes a section of the configuration, for manuals.
type Section struct {
	Header string // "[limits]" or "[[oper]]"
	Doc    string
	Keys   []Key
}

// A Key describes a key of a section.
type Key struct {
	Name     string
	Value    string // what it may be
	Default  string // as it is written in the file
	Required bool   // it has no default
	Restart  bool   // a change waits for the next start
	Doc      string
}

// Sections returns all sections of the configuration, in the order of the file.
func Sections() (all []Section) {
	docs := comments()
	var add func(path string, v reflect.Value)
	add = func(path string, v reflect.Value) {
		s := Section{Header: "[" + path + "]"}
		if isTables(v.Type()) {
			s.Header = "[" + s.Header + "]"
			v = reflect.Zero(v.Type().Elem()) // the defaults of a section that is added
		}
		name := v.Type().Name()
		s.Doc = docs[name]
		at := len(all)
		all = append(all, s)
		for _, f := range fields(v.Type()) {
			if !isTable(f.Type) && !isTables(f.Type) {
				s.Keys = append(s.Keys, keyOfField(f, v.FieldByIndex(f.Index), docs[name+"."+f.Name]))
			}
		}
		all[at] = s
		for _, f := range fields(v.Type()) {
			if isTable(f.Type) || isTables(f.Type) {
				add(join(path, keyOf(f)), v.FieldByIndex(f.Index))
			}
		}
	}
	for _, f := range fields(reflect.TypeFor[Config]()) {
		add(keyOf(f), reflect.ValueOf(*Default()).FieldByIndex(f.Index))
	}
	return all
}

func keyOfField(f reflect.StructField, v reflect.Value, doc string) Key {
	return Key{
		Name: keyOf(f), Value: valueOf(f), Default: literal(v), Doc: doc,
		Required: f.Tag.Get("required") == "true" && v.IsZero(), Restart: f.Tag.Get("restart") == "true",
	}
}

// valueOf says what a key may be.
func valueOf(f reflect.StructField) string {
	if f.Tag.Get("form") == "" {
		return right(f)
	}
	if f.Type.Kind() == reflect.Slice {
		return "a list; in it " + right(f)
	}
	return right(f)
}
