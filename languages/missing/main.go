// Command missing prints the texts that a catalogue lacks, in the form of its file,
// ready to be translated.
//
//	go run ./languages/missing ru >> languages/ru.toml
//
// A language without a file begins with one. Without a language, it says how complete
// each one is. What a catalogue has too much, "make generate" removes.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/languages"
)

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out io.Writer, args []string) error {
	texts, err := languages.Texts()
	if err != nil {
		return err
	}
	switch len(args) {
	case 0:
		return summary(out, texts)
	case 1:
		return missing(out, args[0], texts)
	}
	return errors.New("usage: go run ./languages/missing [<language>]")
}

// summary says how many texts each catalogue lacks.
func summary(out io.Writer, texts []languages.Text) error {
	tags, err := languages.Tags()
	if err != nil {
		return err
	}
	for _, tag := range tags {
		c, err := languages.Read(tag)
		if err != nil {
			return err
		}
		n := 0
		for _, t := range texts {
			if !c.Has(t.Text) {
				n++
			}
		}
		fmt.Fprintf(out, "%s  %s: %d of %d texts are missing\n", tag, c.Name(), n, len(texts))
	}
	return nil
}

func missing(out io.Writer, tag string, texts []languages.Text) error {
	c, err := languages.Read(tag)
	if errors.Is(err, fs.ErrNotExist) {
		if c, err = lang.NewCatalogue(tag, "?", nil); err == nil {
			fmt.Fprintf(out, "name = \"\"\n\n[texts]\n")
		}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n# Plural forms: %v\n", c.PluralForms())
	_, err = io.WriteString(out, languages.Missing(c, texts))
	return err
}
