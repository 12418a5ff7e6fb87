package languages

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/printer"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/lang"
)

// A use is a place in the program where a text is.
type use struct {
	text  lang.Text
	file  string
	where string // such as "Help of JOIN"
	words string // what its verbs stand for, as the program calls it
	node  ast.Node
}

// texts returns all constants that are texts with words, in the order of their files.
func (p *program) texts() (all []use) {
	p.each(func(n ast.Node, around []ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		tv := p.info.Types[e]
		if tv.Value == nil || tv.Value.Kind() != constant.String || !named(tv.Type, "Text") {
			return true
		}
		if id, isName := e.(*ast.Ident); isName && p.info.Uses[id] != nil {
			return false // it is found where it is declared
		}
		if _, isSelector := e.(*ast.SelectorExpr); isSelector {
			return false
		}
		text := lang.Text(constant.StringVal(tv.Value))
		if text.Translatable() && p.file(n) != "ircd/lang/lang.go" {
			all = append(all, use{text, p.file(n), p.where(around), p.wordsOf(e, around), n})
		}
		return false
	})
	slices.SortStableFunc(all, func(a, b use) int { return cmp.Compare(a.file, b.file) })
	return all
}

// where says in which declaration a text is: a field of something that has a name, or
// a function.
func (p *program) where(around []ast.Node) string {
	field := ""
	for i := len(around) - 1; i >= 0; i-- {
		switch x := around[i].(type) {
		case *ast.KeyValueExpr:
			if id, ok := x.Key.(*ast.Ident); ok && field == "" {
				field = id.Name
			}
		case *ast.CompositeLit:
			if name := p.nameIn(x); name != "" && field != "" {
				return field + " of " + name
			}
		case *ast.CallExpr:
			if name := p.firstName(x); name != "" {
				return name
			}
		case *ast.FuncDecl:
			return x.Name.Name
		case *ast.ValueSpec:
			if len(x.Names) > 0 && x.Names[0].Name != "_" {
				return x.Names[0].Name
			}
		}
	}
	return ""
}

// nameIn returns the field Name, Nick, name or Code of a literal.
func (p *program) nameIn(lit *ast.CompositeLit) string {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); ok && slices.Contains([]string{"Name", "Nick", "name", "Code"}, id.Name) {
			if v := p.info.Types[kv.Value].Value; v != nil && v.Kind() == constant.String {
				return constant.StringVal(v)
			}
		}
	}
	return ""
}

// firstName returns the name by which a call declares a numeric, setting or command.
func (p *program) firstName(call *ast.CallExpr) string {
	for _, arg := range call.Args[:min(2, len(call.Args))] {
		v := p.info.Types[arg].Value
		if v != nil && v.Kind() == constant.String && !named(p.info.Types[arg].Type, "Text") {
			if s := constant.StringVal(v); s != "" && s == strings.ToUpper(s) && !strings.Contains(s, " ") {
				return s
			}
		}
	}
	return ""
}

// call returns the call that e is an argument or the receiver of, and whether the
// call's last arguments are the words of the text.
func (p *program) call(e ast.Expr, around []ast.Node) (call *ast.CallExpr, speaks bool) {
	if len(around) < 2 {
		return nil, false
	}
	if sel, ok := around[len(around)-1].(*ast.SelectorExpr); ok { // lang.Text("…").With(…)
		call, ok = around[len(around)-2].(*ast.CallExpr)
		return call, ok && call.Fun == sel && (sel.Sel.Name == "With" || sel.Sel.Name == "Sprintf")
	}
	call, ok := around[len(around)-1].(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	sig, ok := p.info.Types[call.Fun].Type.Underlying().(*types.Signature)
	if !ok {
		return nil, false
	}
	i := slices.Index(call.Args, e)
	last := sig.Params().Len() - 1
	return call, i >= 0 && sig.Variadic() && i < last && isAny(sig.Params().At(last).Type())
}

func isAny(t types.Type) bool {
	s, ok := t.(*types.Slice)
	if !ok {
		return false
	}
	i, ok := s.Elem().Underlying().(*types.Interface)
	return ok && i.Empty()
}

// words returns the arguments that the verbs of a text stand for; ok is false if that
// is not known from the source.
func (p *program) words(e ast.Expr, around []ast.Node) (args []ast.Expr, ok bool) {
	call, speaks := p.call(e, around)
	if !speaks || call.Ellipsis.IsValid() {
		return nil, false
	}
	sig := p.info.Types[call.Fun].Type.Underlying().(*types.Signature)
	return call.Args[min(sig.Params().Len()-1, len(call.Args)):], true
}

// wordsOf returns the arguments as the source calls them.
func (p *program) wordsOf(e ast.Expr, around []ast.Node) string {
	args, ok := p.words(e, around)
	if !ok {
		return ""
	}
	var all []string
	for _, a := range args {
		var b strings.Builder
		if err := printer.Fprint(&b, p.set, a); err != nil {
			return ""
		}
		all = append(all, strings.Join(strings.Fields(b.String()), " "))
	}
	return strings.Join(all, ", ")
}

// entries returns the texts, each once, with all that is known of their places.
func entries(uses []use) (order []lang.Text, comments map[lang.Text][]string) {
	comments = map[lang.Text][]string{}
	seen := map[lang.Text]map[string]bool{}
	for _, u := range uses {
		if seen[u.text] == nil {
			seen[u.text] = map[string]bool{}
			order = append(order, u.text)
		}
		c := u.file
		if u.where != "" {
			c += ": " + u.where
		}
		if u.words != "" {
			c += fmt.Sprintf(" (%s)", u.words)
		}
		if !seen[u.text][c] {
			seen[u.text][c] = true
			comments[u.text] = append(comments[u.text], c)
		}
	}
	for text := range maps.Keys(comments) {
		if all := comments[text]; len(all) > 3 {
			comments[text] = append(all[:3:3], fmt.Sprintf("and %d other places", len(all)-3))
		}
	}
	return order, comments
}
