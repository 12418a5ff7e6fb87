package httpapi

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestOpenAPI: the document is what OpenAPI 3.1 asks for, as far as this one goes: every
// reference leads somewhere, operations have names of their own, and all that is in a path
// is described.
func TestOpenAPI(t *testing.T) {
	var doc struct {
		OpenAPI string
		Info    struct{ Title, Version string }
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Tags        []string
			Security    []map[string][]string
			Parameters  []struct {
				Name, In, Description string
				Required              bool
				Schema                map[string]any
			}
			RequestBody *struct{ Content map[string]any }
			Responses   map[string]map[string]any
		}
		Components struct{ Schemas map[string]map[string]any }
		Tags       []struct{ Name string }
	}
	text := OpenAPI()
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" || doc.Info.Title == "" || doc.Info.Version == "" {
		t.Error(doc.OpenAPI, doc.Info)
	}
	for _, m := range regexp.MustCompile(`"\$ref": "([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
		name, ok := strings.CutPrefix(m[1], "#/components/schemas/")
		if ok && doc.Components.Schemas[name] == nil || !ok && m[1] != "#/components/responses/problem" {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
	seen := map[string]bool{}
	for path, operations := range doc.Paths {
		for method, op := range operations {
			if seen[op.OperationID] || op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s is called %q, as another is", method, path, op.OperationID)
			}
			seen[op.OperationID] = true
			if len(op.Responses) != 2 || op.Responses["default"] == nil {
				t.Errorf("%s has the responses %v", op.OperationID, op.Responses)
			}
			if (method == "get" || method == "delete") && op.RequestBody != nil {
				t.Errorf("%s has a body", op.OperationID)
			}
			if len(op.Security) != 1 || Unknown(op.Security[0]["token"]) != "" {
				t.Errorf("%s needs %v", op.OperationID, op.Security)
			}
			var inPath []string
			for _, p := range op.Parameters {
				if p.Description == "" || p.Schema["type"] == nil || p.Required != (p.In == "path") {
					t.Errorf("%s: the parameter %+v is not described", op.OperationID, p)
				}
				if p.In == "path" {
					inPath = append(inPath, "{"+p.Name+"}")
				}
			}
			if want := regexp.MustCompile(`\{\w+\}`).FindAllString(path, -1); !slices.Equal(inPath, want) {
				t.Errorf("%s describes %v of its path", op.OperationID, inPath)
			}
		}
	}
	if len(seen) != len(Routes()) {
		t.Errorf("%d operations of %d routes", len(seen), len(Routes()))
	}
	for name, s := range doc.Components.Schemas {
		properties, _ := s["properties"].(map[string]any)
		for key, p := range properties {
			p := p.(map[string]any)
			if p["description"] == nil && p["$ref"] == nil && p["const"] == nil {
				t.Errorf("%s.%s is not described", name, key)
			}
		}
		required, _ := s["required"].([]any)
		for _, key := range required {
			if properties[key.(string)] == nil {
				t.Errorf("%s.%s is required, and is not there", name, key)
			}
		}
	}
}

func TestScopes(t *testing.T) {
	for _, x := range []struct {
		names string
		want  Scope
		ok    bool
	}{
		{"*", ScopeBackup, true}, {"status", ScopeStatus, true}, {"status", ScopeUsersRead, false},
		{"users:read", ScopeUsersWrite, false}, {"status users:write", ScopeUsersWrite, true}, {"users", ScopeUsersRead, false},
	} {
		if got := covers(strings.Fields(x.names), x.want); got != x.ok {
			t.Errorf("%s for %s is %v", x.names, x.want, got)
		}
	}
	if Unknown([]string{"status", "*"}) != "" || Unknown([]string{"status", "stats"}) != "stats" {
		t.Error("unknown scopes")
	}
	used := map[Scope]bool{}
	for _, r := range Routes() {
		used[r.Scope] = true
	}
	for _, row := range Scopes() {
		if !used[row.Scope] {
			t.Errorf("nothing needs the scope %s", row.Scope)
		}
	}
}
