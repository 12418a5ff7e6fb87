package httpapi

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// readQuery reads the parts of the path, and the query.
func (c *Call) readQuery(to any) error {
	v := reflect.ValueOf(to).Elem()
	known := map[string]bool{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		text, name := "", f.Tag.Get("path")
		if name != "" {
			text = c.r.PathValue(name)
		} else {
			name = f.Tag.Get("query")
			known[name] = true
			text = c.r.URL.Query().Get(name)
		}
		if text == "" {
			text = f.Tag.Get("default")
		}
		if err := setText(v.Field(i), text); err != nil {
			return Invalid.Because("%s cannot be %q.", name, text).In(name)
		}
		if err := possible(f, v.Field(i), name); err != nil {
			return err
		}
	}
	for name := range c.r.URL.Query() {
		if !known[name] {
			return BadRequest.Because("There is no parameter %q.", name).In(name)
		}
	}
	return nil
}

// setText sets a field to what a text says.
func setText(v reflect.Value, text string) error {
	switch {
	case text == "":
		return nil
	case v.Type() == reflect.TypeFor[time.Time]():
		t, err := time.Parse(time.RFC3339, text)
		v.Set(reflect.ValueOf(t))
		return err
	case v.Kind() == reflect.String:
		v.SetString(text)
		return nil
	case v.Kind() == reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err
	}
	n, err := strconv.ParseInt(text, 10, 32)
	v.SetInt(n)
	return err
}

// complete checks the fields of an object that was read.
func complete(v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !strings.Contains(options, "omit") && v.Field(i).IsZero() && v.Field(i).Kind() != reflect.Bool {
			return Invalid.Because("%s is missing.", name).In(name)
		}
		if err := possible(f, v.Field(i), name); err != nil {
			return err
		}
	}
	return nil
}

// possible checks a value by the tags of its field. A line cannot be in a text.
func possible(f reflect.StructField, v reflect.Value, name string) error {
	switch v.Kind() {
	case reflect.String:
		if strings.ContainsAny(v.String(), "\r\n\x00") && f.Tag.Get("lines") == "" {
			return Invalid.Because("%s cannot have several lines.", name).In(name)
		}
		if choices := f.Tag.Get("enum"); choices != "" && v.String() != "" && !strings.Contains("|"+choices+"|", "|"+v.String()+"|") {
			return Invalid.Because("%s is one of %s.", name, strings.ReplaceAll(choices, "|", ", ")).In(name)
		}
	case reflect.Int:
		least, most := bounds(f)
		if least != most && (v.Int() < least || v.Int() > most) {
			return Invalid.Because("%s is a number from %d to %d.", name, least, most).In(name)
		}
	}
	return nil
}

// bounds returns the least and the greatest value of a number, by the tag "range".
func bounds(f reflect.StructField) (least, most int64) {
	from, to, _ := strings.Cut(f.Tag.Get("range"), "..")
	least, _ = strconv.ParseInt(from, 10, 64)
	most, _ = strconv.ParseInt(to, 10, 64)
	return least, most
}
