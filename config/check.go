package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// check reports the values that are impossible: each by the tags of its field,
// then those that do not go together.
func (d *decoder) check(c *Config) {
	walk("", reflect.ValueOf(c).Elem(), func(path string, f reflect.StructField, v reflect.Value) {
		if d.faulty[path] {
			return
		}
		if message := checkValue(f, v); message != "" {
			d.bad(path, "%s", message)
		}
	})
	d.contradictions(c)
}

// checkValue returns what is wrong with the value of a field, or "".
func checkValue(f reflect.StructField, v reflect.Value) string {
	required := f.Tag.Get("required") == "true"
	switch v.Kind() {
	case reflect.String:
		if v.String() == "" && !required && f.Tag.Get("oneof") == "" {
			return ""
		}
		return checkText(f, v.String())
	case reflect.Slice:
		if v.Len() == 0 && required {
			return "is missing; write a list with " + right(f)
		}
		for i := range v.Len() {
			if message := checkText(f, v.Index(i).String()); message != "" {
				return message
			}
		}
		return ""
	}
	return checkRange(f, v)
}

// checkText checks a text, or an element of a list of texts, that is not empty.
func checkText(f reflect.StructField, s string) string {
	choices, name := f.Tag.Get("oneof"), f.Tag.Get("form")
	shown := fmt.Sprintf("%q", s)
	if f.Tag.Get("secret") == "true" {
		shown = "this"
	}
	switch {
	case s == "":
		return "is empty; write " + right(f)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return "has a character that is not text; write it on one line, in UTF-8"
	case choices != "" && !slices.Contains(strings.Split(choices, "|"), s),
		name != "" && !forms[name].ok(s):
		message := fmt.Sprintf("cannot be %s; write %s", shown, right(f))
		if hint := meantForm(name, s); hint != "" {
			message += " (" + hint + ")"
		}
		return message
	}
	return ""
}

// right says what is right for the field f, by its tags: "true or false", "a
// number from 1 to 64", "ascii or precis".
func right(f reflect.StructField) string {
	if choices := f.Tag.Get("oneof"); choices != "" {
		words := strings.Split(choices, "|")
		for i, w := range words {
			words[i] = fmt.Sprintf("%q", w)
		}
		last := len(words) - 1
		return strings.Join(words[:last], ", ") + " or " + words[last]
	}
	if name := f.Tag.Get("form"); name != "" {
		return forms[name].right
	}
	if least, greatest, ok := strings.Cut(f.Tag.Get("range"), ".."); ok {
		return fmt.Sprintf("%s from %s to %s", kind(f.Type), least, greatest)
	}
	return kind(f.Type)
}

// kind is the word for the values of type t.
func kind(t reflect.Type) string {
	switch reflect.Zero(t).Interface().(type) {
	case Duration:
		return "a duration"
	case Size:
		return "a size"
	case bool:
		return "true or false"
	case int:
		return "a number"
	case []string:
		return "a list"
	default:
		return "a text"
	}
}

func checkRange(f reflect.StructField, v reflect.Value) string {
	least, greatest, ok := limitsOf(f)
	if !ok || least <= v.Int() && v.Int() <= greatest {
		return ""
	}
	return fmt.Sprintf("cannot be %v; write %s", v.Interface(), right(f))
}

// limitsOf returns the least and the greatest value of f, if it has them.
func limitsOf(f reflect.StructField) (least, greatest int64, ok bool) {
	from, to, ok := strings.Cut(f.Tag.Get("range"), "..")
	if !ok {
		return 0, 0, false
	}
	bounds := [2]reflect.Value{reflect.New(f.Type).Elem(), reflect.New(f.Type).Elem()}
	for i, text := range []string{from, to} {
		if !setText(bounds[i], text) {
			panic("config: the range of " + f.Name + " is written wrong")
		}
	}
	return bounds[0].Int(), bounds[1].Int(), true
}
