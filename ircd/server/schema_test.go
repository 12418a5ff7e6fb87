package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A document is an OpenAPI document, as a test reads it.
type document map[string]any

func readDocument(t *testing.T, text []byte) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// resolve follows a reference.
func (d document) resolve(v any) map[string]any {
	m, _ := v.(map[string]any)
	ref, ok := m["$ref"].(string)
	if !ok {
		return m
	}
	var at any = map[string]any(d)
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		at = at.(map[string]any)[part]
	}
	m, _ = at.(map[string]any)
	return m
}

// check returns what a value has that its schema does not say, or the other way.
func (d document) check(at string, schema, v any) (wrong []string) {
	s := d.resolve(schema)
	bad := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	if s == nil {
		bad("there is no schema")
		return wrong
	}
	if choices, ok := s["enum"].([]any); ok && !slices.Contains(choices, v) {
		bad("%v is none of %v", v, choices)
	}
	switch s["type"] {
	case "string":
		if _, ok := v.(string); !ok {
			bad("%v is no text", v)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			bad("%v is neither true nor false", v)
		}
	case "integer", "number":
		if n, ok := v.(float64); !ok || s["type"] == "integer" && n != float64(int64(n)) {
			bad("%v is no number", v)
		}
	case "array":
		items, ok := v.([]any)
		if !ok {
			bad("%v is no list", v)
		}
		for i, item := range items {
			wrong = append(wrong, d.check(fmt.Sprintf("%s[%d]", at, i), s["items"], item)...)
		}
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			bad("%v is no object", v)
			return wrong
		}
		properties, _ := s["properties"].(map[string]any)
		for key, value := range m {
			p, ok := properties[key]
			if !ok {
				if p = s["additionalProperties"]; p == false {
					bad("%s is not described", key)
					continue
				}
			}
			wrong = append(wrong, d.check(at+"."+key, p, value)...)
		}
		required, _ := s["required"].([]any)
		for _, key := range required {
			if _, ok := m[key.(string)]; !ok {
				bad("%s is missing", key)
			}
		}
	default:
		bad("the type %v is not known", s["type"])
	}
	return wrong
}
