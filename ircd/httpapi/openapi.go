package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// OpenAPI returns the description of the API for programs, made from the table that the
// API runs on. https://spec.openapis.org/oas/v3.1.0
func OpenAPI() []byte {
	s := schemas{}
	paths := object{}
	for _, r := range Routes() {
		at, _ := paths[r.Path].(object)
		if at == nil {
			at = object{}
			paths[r.Path] = at
		}
		at[strings.ToLower(r.Method)] = s.operation(&r)
	}
	s.of(reflect.TypeFor[Problem]())
	s.events()
	doc := object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Parley", "version": apiVersion, "license": object{"name": "MIT", "identifier": "MIT"},
			"description": "What operators of an IRC network do, for programs. Problems are told as RFC 9457 has it.",
		},
		"servers":    []any{object{"url": "/"}},
		"paths":      paths,
		"security":   []any{object{"token": []any{}}},
		"components": object{"schemas": s, "responses": object{"problem": problemResponse()}, "securitySchemes": object{"token": scheme()}},
		"tags":       tags(),
	}
	b, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(err) // it is made of texts
	}
	return append(b, '\n')
}

// apiVersion is that of the paths, which begin with it. What is added does not change it.
const apiVersion = "1"

type object = map[string]any

func scheme() object {
	return object{"type": "http", "scheme": "bearer", "description": "A token of the configuration, which \"ircd token\" makes. It is good for the scopes that it has."}
}

func problemResponse() object {
	return object{"description": "It was not done.", "content": object{"application/problem+json": object{"schema": ref("Problem")}}}
}

// tag is what an operation belongs to: the first word of its path.
func tag(path string) string { return strings.Split(path, "/")[2] }

func tags() (all []any) {
	seen := map[string]bool{}
	for _, r := range Routes() {
		if t := tag(r.Path); !seen[t] {
			seen[t] = true
			all = append(all, object{"name": t})
		}
	}
	return all
}

// Status is that of an answer when all is well.
func (r *Route) status() int {
	switch {
	case r.Done != 0:
		return r.Done
	case r.answer == nil && r.Kind == "":
		return http.StatusNoContent
	}
	return http.StatusOK
}

// schemas are the descriptions of the types that the answers and bodies have, by name.
type schemas object

func (s schemas) operation(r *Route) object {
	answer := object{"description": "It is done."}
	switch {
	case r.Kind != "":
		answer["description"] = "It comes as it is found."
		answer["content"] = object{r.Kind: object{"schema": object{"type": "string"}}}
	case r.answer != nil:
		answer["content"] = object{"application/json": object{"schema": s.of(r.answer)}}
	}
	o := object{
		"operationId": r.ID, "summary": r.Summary, "tags": []any{tag(r.Path)},
		"description": "Needs the scope `" + string(r.Scope) + "`.",
		"security":    []any{object{"token": []any{string(r.Scope)}}},
		"responses":   object{strconv.Itoa(r.status()): answer, "default": object{"$ref": "#/components/responses/problem"}},
	}
	if params := s.params(r); len(params) > 0 {
		o["parameters"] = params
	}
	if r.body != nil {
		o["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": s.of(r.body)}}}
	}
	return o
}

func (s schemas) params(r *Route) (all []any) {
	if r.query == nil {
		return nil
	}
	for i := range r.query.NumField() {
		f := r.query.Field(i)
		name, in := f.Tag.Get("query"), "query"
		if p := f.Tag.Get("path"); p != "" {
			name, in = p, "path"
		}
		sc := s.value(f)
		if d := f.Tag.Get("default"); d != "" {
			sc["default"] = d
			if n, err := strconv.Atoi(d); err == nil && f.Type.Kind() == reflect.Int {
				sc["default"] = n
			}
		}
		delete(sc, "description")
		all = append(all, object{"name": name, "in": in, "required": in == "path", "description": f.Tag.Get("doc"), "schema": sc})
	}
	return all
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

var generic = regexp.MustCompile(`^(\w+)\[.*\.(\w+)\]$`)

// nameOf returns the name of a type: UserList of List[User].
func nameOf(t reflect.Type) string {
	if m := generic.FindStringSubmatch(t.Name()); m != nil {
		return m[2] + m[1]
	}
	return t.Name()
}

// of returns the description of a type. Structs are described once.
func (s schemas) of(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem())
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case t.Kind() == reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case t.Kind() == reflect.Struct:
		name := nameOf(t)
		if _, ok := s[name]; !ok {
			s[name] = nil // it may have itself as a part
			s[name] = s.object(t)
		}
		return ref(name)
	}
	return object{"type": map[reflect.Kind]string{
		reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Int64: "integer", reflect.Float64: "number",
	}[t.Kind()]}
}

func (s schemas) object(t reflect.Type) object {
	properties, required := object{}, []any{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		properties[name] = s.value(f)
		if !strings.Contains(options, "omit") {
			required = append(required, name)
		}
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// value describes a field.
func (s schemas) value(f reflect.StructField) object {
	if f.Type.Kind() == reflect.Interface {
		return object{"description": f.Tag.Get("doc")}
	}
	sc := s.of(f.Type)
	if doc := f.Tag.Get("doc"); doc != "" {
		sc["description"] = doc
	}
	if choices := f.Tag.Get("enum"); choices != "" {
		var all []any
		for c := range strings.SplitSeq(choices, "|") {
			all = append(all, c)
		}
		sc["enum"] = all
	}
	if least, most := bounds(f); least != most {
		sc["minimum"], sc["maximum"] = least, most
	}
	return sc
}

// events describes what the events say: they come by streams and web hooks, which have
// no place of their own in the description of paths.
func (s schemas) events() {
	var all []any
	for _, k := range Kinds() {
		name := ""
		for word := range strings.FieldsFuncSeq(k.Type, func(r rune) bool { return r == '.' || r == '-' }) {
			name += string(unicode.ToUpper(rune(word[0]))) + word[1:]
		}
		name += "Event"
		e := s.object(reflect.TypeFor[Event]())
		p := e["properties"].(object)
		p["type"] = object{"const": k.Type}
		p["data"] = s.of(reflect.TypeOf(k.Data))
		e["description"] = k.Help
		if _, ok := s[name]; ok { // of the data, which has the same name
			name += "Told"
		}
		s[name] = e
		all = append(all, ref(name))
	}
	s["Event"] = object{"oneOf": all, "description": "What has happened: the data of the stream of events, and the body of web hooks."}
}
