package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/parley-irc/parley/ircd/reference"
)

type referenceCommand struct {
	Dir string `arg:"" optional:"" default:"docs/reference" help:"The folder to write to (${default})."`
	Man string `placeholder:"DIR" help:"Write the manual pages ircd(8) and parley.toml(5) to this folder instead."`
}

// Help is shown by "ircd reference --help".
func (referenceCommand) Help() string {
	return `The pages are made from the tables this very program runs on: commands, modes, extended bans, capabilities, numerics, ISUPPORT tokens, privileges, languages, and the configuration.`
}

// Run writes the reference manual, or the manual pages.
func (r referenceCommand) Run(w world) error {
	write := reference.Write
	dir := r.Dir
	if r.Man != "" {
		write, dir = writeMan, r.Man
	}
	names, err := write(dir)
	for _, name := range names {
		fmt.Fprintln(w.out, name)
	}
	return err
}

// writeMan writes the manual pages to a folder, and returns their paths.
func writeMan(dir string) (paths []string, err error) {
	pages, err := manPages()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for _, p := range pages {
		path := filepath.Join(dir, p.name)
		if err := os.WriteFile(path, []byte(p.text), 0o644); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

type manPage struct{ name, text string }

func manPages() ([]manPage, error) {
	ircd, err := manual()
	if err != nil {
		return nil, err
	}
	return []manPage{{"ircd.8", ircd}, {"parley.toml.5", reference.ConfigMan()}}, nil
}
