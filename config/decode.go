package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A decoder sets the fields of a configuration and gathers what is wrong.
//
// The TOML library could set the fields itself, but it stops at the first
// mistake; an operator wants to hear of all of them.
type decoder struct {
	*origin
	folder   string          // of the file; relative paths begin there
	faulty   map[string]bool // paths whose value has a problem
	problems Problems
}

// bad reports what is wrong with the value at path, once.
func (d *decoder) bad(path, format string, args ...any) {
	if d.faulty[path] {
		return
	}
	d.faulty[path] = true
	d.problems = append(d.problems, d.problem(path, fmt.Sprintf(format, args...)))
}

// table sets the fields of the struct v.
func (d *decoder) table(path string, v reflect.Value, tree map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		f, ok := fieldByKey(v.Type(), key)
		if !ok {
			d.unknown(join(path, key), key, keysOf(v.Type()))
			continue
		}
		d.value(join(path, key), f, v.FieldByIndex(f.Index), tree[key])
	}
}

func (d *decoder) unknown(path, key string, known []string) {
	if near := nearest(key, known); near != "" {
		d.bad(path, "there is no such key; did you mean %q?", near)
		return
	}
	if where := misplaced(key); where != "" {
		d.bad(path, "is no key here; it %s", where)
		return
	}
	d.bad(path, "there is no such key; here are %s", strings.Join(known, ", "))
}

// value sets the field f, v, to what the TOML library made of its text.
func (d *decoder) value(path string, f reflect.StructField, v reflect.Value, x any) {
	switch {
	case isTable(v.Type()):
		if tree, ok := x.(map[string]any); ok {
			d.table(path, v, tree)
			return
		}
		d.bad(path, "is a section; write [%s] on a line of its own and its keys below", withoutIndices(path))
	case isTables(v.Type()):
		d.tables(path, v, x)
	default:
		if !setTOML(v, x) {
			d.bad(path, "cannot be %s; write %s", describe(x, f), d.wanted(v.Type(), x, f))
			return
		}
		d.resolvePath(path, f, v)
	}
}

// tables replaces the list of structs v.
func (d *decoder) tables(path string, v reflect.Value, x any) {
	trees, ok := x.([]map[string]any)
	if list, isList := x.([]any); isList && len(list) == 0 {
		ok = true
	}
	if !ok {
		d.bad(path, "is a list of sections; write [[%s]] on a line of its own and its keys below", withoutIndices(path))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(trees), len(trees)))
	for i, tree := range trees {
		d.table(index(path, i), v.Index(i), tree)
	}
}

// setTOML sets v to x, and reports whether x has the type for it.
func setTOML(v reflect.Value, x any) bool {
	if s, ok := x.(string); ok && v.Kind() != reflect.Slice {
		_, isDuration := v.Interface().(Duration)
		_, isSize := v.Interface().(Size)
		return (v.Kind() == reflect.String || isDuration || isSize) && setText(v, s)
	}
	switch x := x.(type) {
	case bool:
		if v.Kind() != reflect.Bool {
			return false
		}
		v.SetBool(x)
	case int64:
		_, isDuration := v.Interface().(Duration)
		if isDuration || !v.CanInt() || v.OverflowInt(x) {
			return false
		}
		v.SetInt(x)
	case []any:
		if v.Kind() != reflect.Slice {
			return false
		}
		list := make([]string, len(x))
		for i, e := range x {
			s, ok := e.(string)
			if !ok {
				return false
			}
			list[i] = s
		}
		v.Set(reflect.ValueOf(list))
	default:
		return false
	}
	return true
}

// resolvePath makes a relative path, or the path of a unix socket, one from the
// folder of the file.
func (d *decoder) resolvePath(_ string, f reflect.StructField, v reflect.Value) {
	if v.Kind() != reflect.String || v.String() == "" {
		return
	}
	prefix, path := "", v.String()
	switch f.Tag.Get("form") {
	case "path":
	case "address":
		var ok bool
		if path, ok = strings.CutPrefix(path, unixPrefix); !ok || path == "" {
			return
		}
		prefix = unixPrefix
	default:
		return
	}
	if !filepath.IsAbs(path) {
		v.SetString(prefix + filepath.Join(d.folder, path))
	}
}

// describe says what x is, without showing a secret.
func describe(x any, f reflect.StructField) string {
	if f.Tag.Get("secret") == "true" {
		return "this"
	}
	switch x := x.(type) {
	case string:
		return fmt.Sprintf("the text %q", x)
	case int64:
		return fmt.Sprintf("the number %d", x)
	case float64:
		return fmt.Sprintf("the number %v", x)
	case bool:
		return fmt.Sprint(x)
	case time.Time:
		return "a date"
	case []any:
		return "this list"
	default:
		return "a section"
	}
}

// wanted says how a value of type t is written, if possible the one that x was meant
// to be.
func (d *decoder) wanted(t reflect.Type, x any, f reflect.StructField) string {
	if value := meant(t, x); value != "" && f.Tag.Get("secret") != "true" {
		return value
	}
	return wanted(t)
}

// wanted says how a value of type t is written.
func wanted(t reflect.Type) string {
	switch reflect.Zero(t).Interface().(type) {
	case Duration:
		return errDuration.Error() + ", in quotes"
	case Size:
		return errSize.Error()
	case bool:
		return "true or false, without quotes"
	case int:
		return "a whole number, without quotes"
	case []string:
		return `a list of texts, such as ["one", "two"]`
	default:
		return "a text in quotes"
	}
}
