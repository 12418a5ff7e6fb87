package config

import (
	"fmt"
	"reflect"
	"strings"
)

// A Change is a key that has another value in a new configuration.
type Change struct {
	// Key is the whole key; in a list of sections with what the section is known
	// by, "listener[:6697].tls".
	Key string
	// Old and New are the values as in the file; "" is a section that is not there
	// before or after. Secrets read "(secret)".
	Old, New string
	// Restart reports whether the change waits for the next start.
	Restart bool
}

// Diff returns the changes from before to after, in the order of default.toml.
func Diff(before, after *Config) []Change {
	return diffTable("", reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem())
}

func diffTable(path string, before, after reflect.Value) []Change {
	var changes []Change
	for _, f := range fields(before.Type()) {
		at, o, n := join(path, keyOf(f)), before.FieldByIndex(f.Index), after.FieldByIndex(f.Index)
		switch {
		case isTable(f.Type):
			changes = append(changes, diffTable(at, o, n)...)
		case isTables(f.Type):
			changes = append(changes, diffTables(at, o, n)...)
		case !sameValue(o, n):
			changes = append(changes, Change{Key: at, Old: shown(f, o), New: shown(f, n), Restart: f.Tag.Get("restart") == "true"})
		}
	}
	return changes
}

// diffTables compares sections of the same name: the order of listeners means
// nothing.
func diffTables(path string, before, after reflect.Value) []Change {
	var changes []Change
	for i := range before.Len() {
		o := before.Index(i)
		at := fmt.Sprintf("%s[%s]", path, identity(o))
		if n, ok := findTable(after, identity(o)); ok {
			changes = append(changes, diffTable(at, o, n)...)
		} else {
			changes = append(changes, Change{Key: at, Old: "[[" + path + "]]"})
		}
	}
	for i := range after.Len() {
		n := after.Index(i)
		if _, ok := findTable(before, identity(n)); !ok {
			changes = append(changes, Change{Key: fmt.Sprintf("%s[%s]", path, identity(n)), New: "[[" + path + "]]"})
		}
	}
	return changes
}

// identity is what a section in a list is known by: its first key.
func identity(v reflect.Value) string { return v.Field(0).String() }

func findTable(list reflect.Value, id string) (reflect.Value, bool) {
	for i := range list.Len() {
		if identity(list.Index(i)) == id {
			return list.Index(i), true
		}
	}
	return reflect.Value{}, false
}

func sameValue(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return true // nil or empty
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// shown returns the value of f as in a file, unless it is a secret.
func shown(f reflect.StructField, v reflect.Value) string {
	if f.Tag.Get("secret") == "true" && !v.IsZero() {
		return "(secret)"
	}
	return literal(v)
}

// literal returns v as TOML.
func literal(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case Duration:
		return quote(x.String())
	case Size:
		if s := x.String(); strings.HasSuffix(s, "B") {
			return quote(s)
		}
		return x.String()
	case string:
		return quote(x)
	case []string:
		quoted := make([]string, len(x))
		for i, s := range x {
			quoted[i] = quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	default:
		return fmt.Sprint(x)
	}
}

// quote returns s as a TOML string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Live returns loaded with the keys that only change at a restart as they are in
// running: what a server uses after a rehash.
func Live(running, loaded *Config) *Config {
	live := *loaded
	keepTable(reflect.ValueOf(running).Elem(), reflect.ValueOf(&live).Elem())
	return &live
}

// keepTable has no case for lists of sections: no key in them waits for a
// restart (a test checks it).
func keepTable(running, live reflect.Value) {
	for _, f := range fields(live.Type()) {
		switch {
		case isTable(f.Type):
			keepTable(running.FieldByIndex(f.Index), live.FieldByIndex(f.Index))
		case f.Tag.Get("restart") == "true":
			live.FieldByIndex(f.Index).Set(running.FieldByIndex(f.Index))
		}
	}
}
