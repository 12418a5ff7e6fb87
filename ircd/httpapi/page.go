package httpapi

import (
	"bytes"
	"html/template"
	"strings"
)

// page returns what a browser shows: all that can be asked for, and how. It is made of
// the OpenAPI document's table, and needs no script and nothing from elsewhere.
func page() []byte {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, object{"Tags": byTag(), "Scopes": Scopes(), "Kinds": Kinds(), "Problems": Problems()}); err != nil {
		panic(err) // the template is ours, and tested
	}
	return b.Bytes()
}

// A pageTag is the routes of a kind.
type pageTag struct {
	Name   string
	Routes []pageRoute
}

type pageRoute struct {
	Route
	Params, Body, Answer []pageField
	Curl                 string
}

type pageField struct {
	Name, Type, Doc string
	Required        bool
}

func byTag() (all []pageTag) {
	for _, r := range Routes() {
		if t := tag(r.Path); len(all) == 0 || all[len(all)-1].Name != t {
			all = append(all, pageTag{Name: t})
		}
		last := &all[len(all)-1]
		last.Routes = append(last.Routes, pageRoute{r, r.Params(), fieldsOf(r.body), fieldsOf(r.answer), curl(&r)})
	}
	return all
}

// curl returns how to ask by the program of that name.
func curl(r *Route) string {
	s := `curl -H "Authorization: Bearer $TOKEN"`
	if r.Method != get {
		s += " -X " + r.Method
	}
	if r.body != nil {
		var words []string
		for _, f := range fieldsOf(r.body) {
			if f.Required {
				words = append(words, `"`+f.Name+`": …`)
			}
		}
		s += ` -H "Content-Type: application/json" -d '{` + strings.Join(words, ", ") + `}'`
	}
	return s + " $API" + r.Path
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Parley: the API</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }
code, pre { font: 14px/1.4 ui-monospace, monospace }
pre { background: #f4f4f4; padding: .6em; overflow-x: auto }
summary { cursor: pointer; padding: .25em 0 }
summary code { font-weight: 600 }
details { border-top: 1px solid #ddd }
details > :not(summary) { margin-left: 1.2em }
table { border-collapse: collapse } td, th { text-align: left; vertical-align: top; padding: .15em .8em .15em 0 }
.m { display: inline-block; min-width: 4.5em; color: #06c }
.s { color: #666 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } pre { background: #262626 } .m { color: #6af } .s { color: #999 } details { border-color: #333 } }
</style>
<h1>Parley: the API</h1>
<p>What operators of this network do, for programs. <a href="openapi.json">openapi.json</a> says the same to programs. Requests need a token with
the scope that is named; <code>ircd token</code> makes one.</p>
{{define "fields"}}<table>{{range .}}<tr><td><code>{{.Name}}</code>{{if .Required}} *{{end}}</td><td class="s">{{.Type}}</td><td>{{.Doc}}</td></tr>{{end}}</table>{{end}}
{{range .Tags}}
<h2>{{.Name}}</h2>
{{range .Routes}}<details><summary><code><span class="m">{{.Method}}</span> {{.Path}}</code> {{.Summary}} <span class="s">{{.Scope}}</span></summary>
{{if .Params}}<p>Parameters</p>{{template "fields" .Params}}{{end}}
{{if .Body}}<p>Body</p>{{template "fields" .Body}}{{end}}
{{if .Answer}}<p>Answer</p>{{template "fields" .Answer}}{{end}}
{{if .Kind}}<p>Answer: <code>{{.Kind}}</code></p>{{end}}
<pre>{{.Curl}}</pre></details>
{{end}}{{end}}
<h2>Scopes</h2>
<table>{{range .Scopes}}<tr><td><code>{{.Scope}}</code></td><td>{{.Help}}</td></tr>{{end}}</table>
<h2>Events</h2>
<table>{{range .Kinds}}<tr><td><code>{{.Type}}</code></td><td>{{.Help}}</td></tr>{{end}}</table>
<h2>Problems</h2>
<p>What is not done is told as <code>application/problem+json</code>, RFC 9457.</p>
<table>{{range .Problems}}<tr><td>{{.Status}}</td><td><code>{{.Type}}</code></td><td>{{.Title}}</td></tr>{{end}}</table>
</html>
`))
