package languages

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	module  = "github.com/parley-irc/parley"
	textPkg = module + "/ircd/lang"
)

// A program is the source of the server with its types; tests are none of it.
type program struct {
	set   *token.FileSet
	files []*ast.File
	info  *types.Info
}

// source returns the program. Reading it takes a second or two, so it is done once.
func source(t *testing.T) *program {
	t.Helper()
	p, err := readSource()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A listing is what the go command says about a package.
type listing struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Standard                bool
}

var readSource = sync.OnceValues(func() (*program, error) {
	packages, err := list("./ircd/...", "./config")
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, l := range packages {
		exports[l.ImportPath] = l.Export
	}
	p := &program{set: token.NewFileSet(), info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	conf := types.Config{Importer: importer.ForCompiler(p.set, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("there is no export data of %s", path)
		}
		return os.Open(exports[path])
	})}
	for _, l := range packages {
		if in, ours := strings.CutPrefix(l.ImportPath, module+"/"); ours && !strings.HasPrefix(in, "languages") {
			if err := p.check(conf, l); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
})

// list asks the go command for packages and all that they import, compiled.
func list(patterns ...string) (all []listing, err error) {
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Standard"}, patterns...)...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("go list: %s", exit.Stderr)
		}
		return nil, err
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l listing
		if err := d.Decode(&l); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
}

// check parses the files of a package and finds their types.
func (p *program) check(conf types.Config, l listing) error {
	var files []*ast.File
	for _, name := range l.GoFiles {
		f, err := parser.ParseFile(p.set, filepath.Join(l.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	if _, err := conf.Check(l.ImportPath, p.set, files, p.info); err != nil {
		return err
	}
	p.files = append(p.files, files...)
	return nil
}

// file returns the path of the file of a node, from the root of the repository.
func (p *program) file(n ast.Node) string {
	name := filepath.ToSlash(p.set.Position(n.Pos()).Filename)
	root, _ := filepath.Abs("..")
	return strings.TrimPrefix(path.Clean(name), filepath.ToSlash(root)+"/")
}

// line returns where a node is, for errors.
func (p *program) line(n ast.Node) string {
	return fmt.Sprintf("%s:%d", p.file(n), p.set.Position(n.Pos()).Line)
}

// named reports whether a type is one of package lang, of this name.
func named(t types.Type, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == textPkg
}

// eachFile calls f for all nodes with those around them, the innermost last.
func (p *program) each(f func(n ast.Node, around []ast.Node) bool) {
	for _, file := range p.files {
		var around []ast.Node
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				around = around[:len(around)-1]
				return false
			}
			if !f(n, around) {
				return false
			}
			around = append(around, n)
			return true
		})
	}
}
