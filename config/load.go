package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Load reads the configuration file path and the variables of env that begin
// with PARLEY__ (see Parse). With an empty path there is no file: the result is
// Default, changed by env. An error of the configuration is of type Problems.
func Load(path string, env []string) (*Config, error) {
	if path == "" {
		return Parse("", nil, env)
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w; \"ircd init --config %s\" writes one", path, fs.ErrNotExist, path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(path, data, env)
}

// Parse returns Default, changed by data, the text of the file name, and then by
// env, which has entries like those of os.Environ.
//
// A relative path in data or in a default is taken from the folder of name; one
// in env, from the working directory. A list of tables, such as [[listener]],
// replaces the default one. The error, if any, is of type Problems and has all
// that is wrong. That files exist is not checked.
func Parse(name string, data []byte, env []string) (*Config, error) {
	var tree map[string]any
	if _, err := toml.Decode(string(data), &tree); err != nil {
		return nil, syntaxProblems(name, string(data), err)
	}
	c := Default()
	c.from = origin{file: name, at: places(name, string(data))}
	d := decoder{origin: &c.from, folder: filepath.Dir(name), faulty: map[string]bool{}}
	v := reflect.ValueOf(c).Elem()
	walk("", v, d.resolvePath)
	d.table("", v, tree)
	d.environment(v, env)
	d.check(c)
	if len(d.problems) > 0 {
		slices.SortStableFunc(d.problems, func(a, b Problem) int { return cmp.Compare(a.order(), b.order()) })
		return nil, d.problems
	}
	return c, nil
}

// syntaxProblems returns the error of the TOML library as a problem. The library
// stops at the first.
func syntaxProblems(name, text string, err error) Problems {
	var pe toml.ParseError
	if !errors.As(err, &pe) {
		return Problems{{File: name, Message: err.Error()}}
	}
	line := ""
	if lines := strings.Split(text, "\n"); pe.Position.Line <= len(lines) {
		line = lines[max(pe.Position.Line, 1)-1]
	}
	return Problems{{File: name, Line: pe.Position.Line, Key: pe.LastKey, Message: syntaxHint(line, pe.Message)}}
}

// An origin knows where each key of a configuration was set.
type origin struct {
	file string
	at   map[string]place // by path, such as "listener[0].address"
}

// A place is a line of a file, or a variable of the environment.
type place struct {
	file string
	line int
}

// find returns where the key at path was set or, if it was not, its table.
func (o *origin) find(path string) place {
	for ; path != ""; path = parent(path) {
		if p, ok := o.at[path]; ok {
			return p
		}
	}
	return place{file: o.file}
}

// Problem returns a problem with the value of a key, such as
// "channels.default-modes" or "oper[0].class", for checks that only the server
// can make. It names the file and line where the key was set.
func (c *Config) Problem(key, format string, args ...any) Problem {
	return c.from.problem(key, fmt.Sprintf(format, args...))
}

func (o *origin) problem(path, message string) Problem {
	p := o.find(path)
	return Problem{File: p.file, Line: p.line, Key: withoutIndices(path), Message: message}
}
