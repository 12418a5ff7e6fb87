package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/parley-irc/parley"

// A source is one file of the program; tests are none of it.
type source struct {
	path    string // from the root of the repository
	pkg     string // the folder
	file    *ast.File
	set     *token.FileSet
	imports []string
}

// sources parses the files of the program below these folders.
func sources(t *testing.T, folders ...string) (all []source) {
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join("..", folder), func(file string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, file, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			name := strings.TrimPrefix(filepath.ToSlash(file), "../")
			s := source{path: name, pkg: path.Dir(name), file: f, set: set}
			for _, i := range f.Imports {
				p, _ := strconv.Unquote(i.Path.Value)
				s.imports = append(s.imports, p)
			}
			all = append(all, s)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// line returns where a node is, as "ircd/state/user.go:12".
func (s source) line(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.set.Position(n.Pos()).Line)
}

// eachSelector calls f for everything of the form x.Name, where x is an identifier.
func (s source) eachSelector(f func(x, name string, n ast.Node)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				f(x.Name, sel.Sel.Name, n)
			}
		}
		return true
	})
}
