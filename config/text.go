package config

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
)

// The source of the sections, for its comments.
//
//go:embed network.go server.go listener.go tls.go proxy.go websocket.go webirc.go limits.go flood.go
//go:embed connections.go channels.go users.go metadata.go cloak.go vhosts.go memos.go accounts.go passkeys.go authorities.go mail.go history.go extjwt.go authtoken.go webpush.go oper.go bans.go logging.go link.go
//go:embed monitoring.go
//go:embed api.go
//go:embed acme.go
//go:embed spam.go groups.go blocklists.go geoip.go
var source embed.FS

// examples are shown, behind comment signs, where a list of sections is empty.
func examples() map[string]any {
	return map[string]any{
		"tls.certificate":   exampleCertPair(),
		"webirc":            exampleWebIRC(),
		"extjwt.service":    exampleTokenService(),
		"authtoken.service": exampleAuthService(),
		"oper":              exampleOper(),
		"spam-filter":       exampleSpamFilter(),
		"security-group":    exampleSecurityGroup(),
		"connection-class":  exampleConnectionClass(),
		"blocklists.list":   exampleBlocklist(),
		"api.token":         exampleAPIToken(),
		"api.webhook":       exampleWebhook(),
		"accounts.issuer":   exampleIssuer(),
	}
}

// Text returns c as TOML, with the comments of this package's source. Of a list
// of sections only the first has the comments.
func Text(c *Config) string {
	w := writer{docs: comments(), examples: examples()}
	w.comment(preamble)
	for _, f := range fields(reflect.TypeFor[Config]()) {
		w.section(keyOf(f), reflect.ValueOf(*c).FieldByIndex(f.Index))
	}
	return w.String()
}

const preamble = `The configuration of a Parley server. This file has every key with its default;
your own needs only those you change, and may be empty. What a key may be, and
whether it changes by a rehash (SIGHUP) or a restart, is in
docs/reference/config.md.

Relative paths begin at the folder of the file. A variable of the environment
changes any key: PARLEY__LIMITS__NICK_LENGTH=20 is nick-length in [limits].
"ircd check" tells all that is wrong in a file.`

// comments returns the comments of all sections and keys, by "Limits" and
// "Limits.NickLength".
func comments() map[string]string {
	docs := map[string]string{}
	files, err := source.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		text, err := source.ReadFile(file.Name())
		if err != nil {
			panic(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file.Name(), text, parser.ParseComments)
		if err != nil {
			panic(err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				addComments(docs, g)
			}
		}
	}
	return docs
}

func addComments(docs map[string]string, g *ast.GenDecl) {
	t := g.Specs[0].(*ast.TypeSpec)
	docs[t.Name.Name] = strings.TrimSpace(g.Doc.Text())
	s, ok := t.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range s.Fields.List {
		docs[t.Name.Name+"."+field.Names[0].Name] = strings.TrimSpace(field.Doc.Text())
	}
}

// A writer writes sections with their comments.
type writer struct {
	strings.Builder
	docs     map[string]string
	examples map[string]any
	off      string // "#" while what is written is only an example
}

func (w *writer) section(path string, v reflect.Value) {
	if !isTables(v.Type()) {
		w.table(path, "["+path+"]", v, true)
		return
	}
	header := "[[" + path + "]]"
	if v.Len() == 0 {
		w.off = "#"
		w.table(path, header, reflect.ValueOf(w.examples[path]), true)
		w.off = ""
	}
	for i := range v.Len() {
		w.table(path, header, v.Index(i), i == 0)
	}
}

// table writes one section; without comments, only the keys that are set.
func (w *writer) table(path, header string, v reflect.Value, explained bool) {
	w.WriteString("\n")
	if explained {
		w.comment(w.docs[v.Type().Name()])
	}
	fmt.Fprintf(w, "%s%s\n", w.off, header)
	var sections []reflect.StructField
	for _, f := range fields(v.Type()) {
		fv := v.FieldByIndex(f.Index)
		switch {
		case isTable(f.Type) || isTables(f.Type):
			sections = append(sections, f)
		case explained:
			w.comment(w.docs[v.Type().Name()+"."+f.Name])
			fallthrough
		case !fv.IsZero():
			fmt.Fprintf(w, "%s%s = %s\n", w.off, keyOf(f), literal(fv))
		}
	}
	for _, f := range sections {
		w.section(join(path, keyOf(f)), v.FieldByIndex(f.Index))
	}
}

func (w *writer) comment(text string) {
	for line := range strings.Lines(text) {
		w.WriteString(strings.TrimRight("# "+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
}
