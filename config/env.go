package config

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// envPrefix begins the names of all variables that change the configuration.
const envPrefix = "PARLEY__"

// environment sets the keys that env names: PARLEY__LIMITS__NICK_LENGTH=20 is
// limits.nick-length, and PARLEY__LISTENER__1__ADDRESS the address of the first
// listener. The number after the last adds one.
func (d *decoder) environment(v reflect.Value, env []string) {
	var ours []string
	for _, entry := range env {
		if strings.HasPrefix(entry, envPrefix) {
			ours = append(ours, entry)
		}
	}
	slices.SortStableFunc(ours, compareNumbers) // listener 2 before 10
	for _, entry := range ours {
		name, text, _ := strings.Cut(entry, "=")
		d.variable(v, name, text)
	}
}

func compareNumbers(a, b string) int {
	as, bs := strings.Split(a, "__"), strings.Split(b, "__")
	return slices.CompareFunc(as, bs, func(a, b string) int {
		m, errA := strconv.Atoi(a)
		n, errB := strconv.Atoi(b)
		if errA == nil && errB == nil {
			return cmp.Compare(m, n)
		}
		return cmp.Compare(a, b)
	})
}

// variable sets the key that the variable name stands for.
func (d *decoder) variable(v reflect.Value, name, text string) {
	path := ""
	parts := strings.Split(strings.TrimPrefix(name, envPrefix), "__")
	for len(parts) > 0 && isTable(v.Type()) {
		f, ok := fieldByVariable(v.Type(), parts[0])
		if !ok {
			d.unknownVariable(name, parts, v.Type())
			return
		}
		path, v, parts = join(path, keyOf(f)), v.FieldByIndex(f.Index), parts[1:]
		if !isTables(v.Type()) {
			continue
		}
		i, ok := tableNumber(v, parts)
		if !ok {
			section := strings.TrimSuffix(name, "__"+strings.Join(parts, "__"))
			d.badVariable(name, path, "put the number of a [["+path+"]] after the section, such as "+section+"__1__KEY; there are "+
				strconv.Itoa(v.Len())+", and the next number adds one")
			return
		}
		path, v, parts = index(path, i), v.Index(i), parts[1:]
	}
	if isTable(v.Type()) || len(parts) > 0 {
		d.badVariable(name, path, "name a section and a key, such as PARLEY__LIMITS__NICK_LENGTH")
		return
	}
	d.at[path] = place{file: name}
	delete(d.faulty, path)
	if !setText(v, text) {
		d.bad(path, "cannot be this; write %s", wantedInVariable(v.Type()))
	}
}

// tableNumber returns the index of the table of v, a list, that parts begin
// with. The number after the last makes a new one.
func tableNumber(v reflect.Value, parts []string) (int, bool) {
	if len(parts) == 0 {
		return 0, false
	}
	n, err := strconv.Atoi(parts[0])
	if err != nil || n < 1 || n > v.Len()+1 {
		return 0, false
	}
	if n > v.Len() {
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	}
	return n - 1, true
}

func (d *decoder) unknownVariable(name string, parts []string, t reflect.Type) {
	var known []string
	for _, key := range keysOf(t) {
		known = append(known, variablePart(key))
	}
	if near := nearest(parts[0], known); near != "" {
		d.badVariable(name, "", "there is no such key; did you mean "+near+" for "+parts[0]+"?")
		return
	}
	d.badVariable(name, "", "there is no such key; instead of "+parts[0]+" write one of "+strings.Join(known, ", "))
}

func (d *decoder) badVariable(name, path, message string) {
	d.problems = append(d.problems, Problem{File: name, Key: path, Message: message})
}

// variablePart is how a key is written in the name of a variable.
func variablePart(key string) string {
	return strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

func fieldByVariable(t reflect.Type, part string) (reflect.StructField, bool) {
	for _, f := range fields(t) {
		if variablePart(keyOf(f)) == part {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func wantedInVariable(t reflect.Type) string {
	if t.Kind() == reflect.Slice {
		return "a list separated by commas"
	}
	w := wanted(t)
	for _, suffix := range []string{", in quotes", ", without quotes"} {
		w = strings.TrimSuffix(w, suffix)
	}
	return w
}
