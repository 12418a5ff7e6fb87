package reference

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/httpapi"
)

func apiPage() string {
	p := newPage("HTTP API", "What programs can ask for. [How](../manual/api.md); [openapi.json](openapi.json) says the same to programs, and the server itself to browsers.")
	p.WriteString("\n## Requests\n")
	p.table("request", "scope", "what it does", "parameters", "body", "answer")
	for _, r := range httpapi.Routes() {
		answer := strconv.Itoa(r.Status())
		switch {
		case r.Kind != "":
			answer += ", " + code(r.Kind)
		case r.Answer() != "":
			answer += ", " + r.Answer()
		}
		p.row(code(r.Method+" "+r.Path), code(string(r.Scope)), r.Summary, fieldNames(r.Params()), fieldNames(r.Body()), answer)
	}
	p.WriteString("\n## Scopes\n")
	p.table("scope", "what a token is good for")
	for _, row := range httpapi.Scopes() {
		p.row(code(string(row.Scope)), row.Help)
	}
	p.WriteString("\n## Events\n")
	p.table("type", "what has happened", "data")
	for _, k := range httpapi.Kinds() {
		p.row(code(k.Type), k.Help, httpapi.TypeName(k.Data))
	}
	p.WriteString("\n## Problems\n")
	p.table("status", "type", "title")
	for _, x := range httpapi.Problems() {
		p.row(strconv.Itoa(x.Status), code(x.Type), x.Title)
	}
	p.WriteString("\n## Types\n")
	types := httpapi.Types()
	for _, name := range slices.Sorted(maps.Keys(types)) {
		p.WriteString("\n### " + name + "\n")
		p.table("field", "value", "meaning")
		for _, f := range types[name] {
			p.row(code(f.Name), f.Type, f.Doc)
		}
	}
	return p.String()
}

// fieldNames lists fields; those in parentheses may be missing.
func fieldNames(all []httpapi.Field) string {
	names := make([]string, len(all))
	for i, f := range all {
		if names[i] = code(f.Name); !f.Required {
			names[i] = "(" + code(f.Name) + ")"
		}
	}
	return strings.Join(names, " ")
}
