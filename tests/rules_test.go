package tests

import (
	"go/ast"
	"strings"
	"testing"
)

// TestOnlyNetworkUpdates tests that no package but network changes the state. Who
// calls Update has to write a function of a *state.Tx or a state.ChannelTx.
func TestOnlyNetworkUpdates(t *testing.T) {
	for _, s := range sources(t, "ircd", "tests") {
		if s.pkg == "ircd/network" || s.pkg == "ircd/state" {
			continue
		}
		for _, i := range s.file.Imports {
			if i.Name != nil && strings.HasSuffix(i.Path.Value, `/ircd/state"`) {
				t.Errorf("%s gives package state another name", s.path)
			}
		}
		s.eachSelector(func(x, name string, n ast.Node) {
			if x == "state" && (name == "Tx" || name == "ChannelTx") {
				t.Errorf("%s uses state.%s, which is reserved to package network", s.line(n), name)
			}
		})
	}
}

// TestFolding tests that names are compared in one place. The exceptions compare
// what is no name.
func TestFolding(t *testing.T) {
	exceptions := map[string]string{
		"ircd/httpapi":  "the words of HTTP headers",
		"ircd/listener": "the words of HTTP headers",
		"ircd":          "the answers of who sets up a server",
		"ircd/lang":     "the tags of languages",
		// The model must not share the mistakes of what it is compared with.
		"ircd/history/historytest": "the texts that a search finds",
	}
	used := map[string]bool{}
	for _, s := range sources(t, "ircd") {
		s.eachSelector(func(x, name string, n ast.Node) {
			if x != "strings" && x != "bytes" || name != "ToLower" && name != "EqualFold" || s.pkg == "ircd/casemap" {
				return
			}
			if used[s.pkg] = true; exceptions[s.pkg] == "" {
				t.Errorf("%s: %s.%s; use casemap", s.line(n), x, name)
			}
		})
	}
	for pkg := range exceptions {
		if !used[pkg] {
			t.Errorf("%s needs no exception any more", pkg)
		}
	}
}

// TestNoInit tests that nothing happens before main.
func TestNoInit(t *testing.T) {
	for _, s := range sources(t, "ircd", "config", "languages", "tests") {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: there is an init function", s.line(d))
			}
		}
	}
}

// TestPackageComments tests that every package says what it is.
func TestPackageComments(t *testing.T) {
	has := map[string]bool{}
	for _, s := range sources(t, "ircd", "config", "languages", "tests") {
		has[s.pkg] = has[s.pkg] || s.file.Doc.Text() != ""
	}
	for pkg, ok := range has {
		if !ok {
			t.Errorf("%s has no package comment", pkg)
		}
	}
}
