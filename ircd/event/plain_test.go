package event

import (
	"encoding/json"
	"reflect"
	"testing"
)

// filled returns a body whose fields are not zero.
func filled(b Body, text string) Body {
	v := reflect.New(reflect.TypeOf(b)).Elem()
	fillWith(v, text)
	return v.Interface().(Body)
}

func fillWith(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(7)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Interface {
			return // whole numbers in them would become others
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillWith(v.Index(0), text)
		fillWith(v.Index(1), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fillWith(v.Field(i), text)
			}
		}
	}
}

// TestPlain: every event is the same again after it was read from JSON, whatever is in it.
func TestPlain(t *testing.T) {
	for _, text := range []string{"", "tea", "<&> \x00\x1f \"\\ \u2028 �", "not UTF-8: \xff\xfe"} {
		for _, b := range bodies {
			e := &Event{
				Stamp: Stamp{1_700_000_000_000 << 16, "uaaaaaaa"}, UID: "u" + text, Source: text, Account: text, Bot: true, Oper: text,
				Body: filled(b, text),
			}
			p, err := e.Plain()
			if err != nil {
				t.Fatal(err)
			}
			line, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			var again Plain
			if err := json.Unmarshal(line, &again); err != nil {
				t.Fatal(err)
			}
			got, err := again.Event()
			if err != nil || !reflect.DeepEqual(got, e) {
				t.Errorf("%T as %s:\n%+v, want\n%+v (%v)", b, line, got, e, err)
			}
		}
	}
}

func TestPlainRefuses(t *testing.T) {
	for _, line := range []string{
		`{}`,
		`{"msgid":"x","type":"Quit","body":{}}`,
		`{"msgid":"03e6ljtc0000cuqborybz","type":"Nothing","body":{}}`,
		`{"msgid":"03e6ljtc0000cuqborybz","type":"Quit","body":[]}`,
		`{"msgid":"03e6ljtc0000cuqborybz","type":"Quit","body":{},"raw":"AAAA"}`,
	} {
		var p Plain
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		if e, err := p.Event(); err == nil {
			t.Errorf("%s is %+v", line, e)
		}
	}
}
