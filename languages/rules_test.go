package languages

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/lang"
)

// TestTexts tests that every text of the program can be translated, and is said with
// the words that it needs.
func TestTexts(t *testing.T) {
	p := source(t)
	p.each(func(n ast.Node, around []ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok || !named(p.info.Types[e].Type, "Text") || p.info.Types[e].IsType() {
			return true
		}
		text, known := p.textOf(e)
		if !known {
			return true
		}
		if _, err := text.Check(); err != nil {
			t.Errorf("%s: %v", p.line(n), err)
			return false
		}
		if args, ok := p.words(e, around); ok {
			p.fits(t, n, text, args)
		}
		return false
	})
}

// textOf returns the text that a constant is.
func (p *program) textOf(e ast.Expr) (lang.Text, bool) {
	v := p.info.Types[e].Value
	if v == nil || v.Kind() != constant.String {
		return "", false
	}
	return lang.Text(constant.StringVal(v)), true
}

// fits tests that the arguments are those that the verbs of a text stand for.
func (p *program) fits(t *testing.T, n ast.Node, text lang.Text, args []ast.Expr) {
	verbs := lang.Verbs(text)
	if len(verbs) != len(args) {
		t.Errorf("%s: the text %q needs %d words, but there are %d", p.line(n), text, len(verbs), len(args))
		return
	}
	for i, verb := range verbs {
		tv := p.info.Types[args[i]]
		switch {
		case verb == "%d" && !isInteger(tv.Type), verb == "%s" && !isReadable(tv.Type), verb == "%c" && !isInteger(tv.Type):
			t.Errorf("%s: %s of %q is a %s", p.line(n), verb, text, tv.Type)
		case tv.Value != nil && sentence(tv) && !named(tv.Type, "Text"):
			t.Errorf("%s: %s is a text for people: make it a lang.Text", p.line(args[i]), tv.Value)
		}
	}
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// isReadable reports whether a value is a string, a text, or something that says what
// it is.
func isReadable(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	if ok && b.Info()&types.IsString != 0 || named(t, "Phrase") {
		return true
	}
	for _, method := range []string{"String", "Error"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, true, nil, method); obj != nil {
			return true
		}
	}
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.Empty()
}

// words are two or more of them, in small letters.
var words = regexp.MustCompile(`[a-z]{2,} [a-z]`)

func sentence(tv types.TypeAndValue) bool {
	return tv.Value != nil && tv.Value.Kind() == constant.String && words.MatchString(constant.StringVal(tv.Value))
}

// TestConstantTexts tests that texts are constants: what is put together when the
// program runs cannot be translated.
func TestConstantTexts(t *testing.T) {
	p := source(t)
	p.each(func(n ast.Node, _ []ast.Node) bool {
		if p.file(n) == "ircd/lang/lang.go" {
			return false
		}
		switch x := n.(type) {
		case *ast.CallExpr:
			if tv := p.info.Types[x.Fun]; tv.IsType() && named(tv.Type, "Text") && p.info.Types[x].Value == nil {
				t.Errorf("%s: a text is made of what is no constant; write verbs into the text", p.line(n))
			}
		case *ast.BinaryExpr:
			if tv := p.info.Types[x]; named(tv.Type, "Text") && tv.Value == nil {
				t.Errorf("%s: texts are put together; write verbs into one text", p.line(n))
			}
		}
		return true
	})
}

// TestNoBareSentences tests that nothing is sent to a client that is a sentence and no
// text.
func TestNoBareSentences(t *testing.T) {
	p := source(t)
	p.each(func(n ast.Node, around []ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if call, isCall := n.(*ast.CallExpr); isCall && p.sends(call) {
			for _, arg := range call.Args {
				if sentence(p.info.Types[arg]) && !named(p.info.Types[arg].Type, "Text") {
					t.Errorf("%s: %s is sent as it is; send a text", p.line(arg), p.info.Types[arg].Value)
				}
			}
		}
		if !ok || !strings.HasSuffix(types.TypeString(p.info.Types[lit].Type, nil), "wire.Message") {
			return true
		}
		ast.Inspect(lit, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && sentence(p.info.Types[e]) && !named(p.info.Types[e].Type, "Text") {
				t.Errorf("%s: %s is sent as it is; use the Text of the message", p.line(n), p.info.Types[e].Value)
				return false
			}
			return true
		})
		return true
	})
}

// sends reports whether a call sends its arguments to a client as they are.
func (p *program) sends(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := p.info.Selections[sel]
	if s == nil || s.Obj().Pkg() == nil || s.Obj().Pkg().Path() != module+"/ircd/dispatch" {
		return false
	}
	switch sel.Sel.Name {
	case "Send", "Push", "FromMe":
		return true
	}
	return false
}

// TestNumericWords tests that numerics are sent with the words of their texts.
func TestNumericWords(t *testing.T) {
	p := source(t)
	texts := p.numericTexts()
	if len(texts) < 100 {
		t.Fatalf("only %d numerics are found", len(texts))
	}
	p.each(func(n ast.Node, around []ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		text, method := p.numericCall(call, texts)
		if text == "" {
			return true
		}
		follows := ""
		if len(around) > 0 {
			if sel, ok := around[len(around)-1].(*ast.SelectorExpr); ok {
				follows = sel.Sel.Name
			}
		}
		args, _ := text.Check()
		switch {
		case method == "Fmt" && !call.Ellipsis.IsValid():
			p.fits(t, n, text, call.Args)
		case method == "With" && args > 0 && text.Translatable() && follows != "Fmt" && follows != "Because":
			t.Errorf("%s: %q is sent without its words: Fmt must follow", p.line(n), text)
		}
		return true
	})
}

// numericCall returns the text of the numeric on which a call of With or Fmt is.
func (p *program) numericCall(call *ast.CallExpr, texts map[types.Object]lang.Text) (text lang.Text, method string) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "With" && sel.Sel.Name != "Fmt" {
		return "", ""
	}
	x := sel.X
	if inner, ok := x.(*ast.CallExpr); ok && sel.Sel.Name == "Fmt" {
		if with, ok := inner.Fun.(*ast.SelectorExpr); ok && with.Sel.Name == "With" {
			x = with.X
		}
	}
	if name, ok := x.(*ast.SelectorExpr); ok {
		return texts[p.info.Uses[name.Sel]], sel.Sel.Name
	}
	return "", ""
}

// numericTexts returns the texts of the variables of package numerics.
func (p *program) numericTexts() map[types.Object]lang.Text {
	byName := map[string]lang.Text{}
	p.each(func(n ast.Node, _ []ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || p.file(n) != "ircd/numerics/table.go" || len(v.Values) != 1 {
			return true
		}
		if call, ok := v.Values[0].(*ast.CallExpr); ok && len(call.Args) == 4 {
			byName[v.Names[0].Name], _ = p.textOf(call.Args[3])
		}
		return false
	})
	texts := map[types.Object]lang.Text{}
	for _, obj := range p.info.Uses {
		if v, ok := obj.(*types.Var); ok && v.Pkg() != nil && v.Pkg().Path() == module+"/ircd/numerics" {
			if text, ok := byName[v.Name()]; ok {
				texts[obj] = text
			}
		}
	}
	return texts
}
