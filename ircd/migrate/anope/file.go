package anope

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Errors of a file.
var (
	ErrForm    = errors.New("this is not a database of Anope (anope.db of db_flatfile, or anope.json of db_json)")
	errDamaged = errors.New("the database is damaged")
)

// An object is something that Anope keeps: of a type such as "NickCore", with fields.
type object struct {
	kind   string
	fields map[string]string
}

// maxLine is how long a line may be, in bytes.
const maxLine = 1 << 20

// readFlat reads what db_flatfile writes: for each object "OBJECT" and its type, a line
// "DATA" for each field, and "END".
func readFlat(r io.Reader) (all []object, err error) {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	var now *object
	for n := 1; in.Scan(); n++ {
		word, rest, _ := strings.Cut(strings.TrimRight(in.Text(), "\r"), " ")
		switch {
		case word == "OBJECT" && now == nil && rest != "":
			now = &object{rest, map[string]string{}}
		case word == "DATA" && now != nil:
			key, value, _ := strings.Cut(rest, " ")
			now.fields[key] = value
		case word == "ID" && now != nil, word == "":
		case word == "END" && now != nil:
			all = append(all, *now)
			now = nil
		case n == 1:
			return nil, ErrForm
		default:
			return nil, fmt.Errorf("line %d: %w", n, errDamaged)
		}
	}
	switch {
	case in.Err() != nil:
		return nil, in.Err()
	case now != nil:
		return nil, fmt.Errorf("%w: it ends too early", errDamaged)
	case len(all) == 0:
		return nil, ErrForm
	}
	return all, nil
}

// readJSON reads what db_json writes: an object with "data", which has a list of objects
// for each type. Several files may follow each other.
func readJSON(r io.Reader) (all []object, err error) {
	in := json.NewDecoder(r)
	in.UseNumber() // some are too large for a float
	for {
		var file struct {
			Data map[string][]map[string]any `json:"data"`
		}
		err := in.Decode(&file)
		switch {
		case err == io.EOF && len(all) > 0:
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("%w: %w", ErrForm, err)
		case file.Data == nil:
			return nil, ErrForm
		}
		for _, kind := range slices.Sorted(maps.Keys(file.Data)) {
			for _, x := range file.Data[kind] {
				all = append(all, object{kind, flatten(x)})
			}
		}
	}
}

func flatten(x map[string]any) map[string]string {
	fields := map[string]string{}
	for key, value := range x {
		if text, ok := plain(value); ok {
			fields[key] = text
		}
	}
	return fields
}

// plain returns a value as db_flatfile writes it.
func plain(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "1", true
		}
		return "0", true
	case nil:
		return "", true
	}
	return "", false
}

// is reports whether a field that is true or false is true.
func (o object) is(key string) bool {
	v := o.fields[key]
	return v != "" && v != "0"
}

// first returns the first field of these that is there: names have changed with the
// versions of Anope.
func (o object) first(keys ...string) string {
	for _, key := range keys {
		if v := o.fields[key]; v != "" {
			return v
		}
	}
	return ""
}
