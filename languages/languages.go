// Package languages holds the translations of the server's texts: a file for
// each language, built into the program.
//
// The name of a file is the tag of its language (BCP 47), such as de.toml or
// pt-BR.toml. English needs no file, since the texts are written in it. To add a
// language, copy template.toml, which explains the form, translate what you like and
// run "make generate": a text that is missing stays English. Nothing else has to be
// changed; the server offers every language it finds here.
//
// A file is refused if a translation cannot be formatted with the arguments of
// its text, so that a mistake shows when the program is tested and not when
// somebody reads it.
package languages

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"github.com/parley-irc/parley/ircd/lang"
)

//go:embed *.toml
var files embed.FS

// Files that are no catalogues.
const (
	template  = "template.toml"
	indexFile = "index.toml"
)

// Load returns the languages that are built in. Their catalogues are read when
// somebody chooses them.
func Load() (*lang.Languages, error) {
	x, err := readIndex()
	if err != nil {
		return nil, err
	}
	var all []lang.Language
	for tag, l := range x.Languages {
		all = append(all, lang.Language{Tag: tag, Name: l.Name, Percent: percent(l.Translated, x.Texts), Load: sync.OnceValues(func() (*lang.Catalogue, error) {
			return Read(tag)
		})})
	}
	return lang.NewLanguages(all...), nil
}

// An index says what languages there are, so that a server does not have to read them
// all.
type index struct {
	Texts     int // that there are
	Languages map[string]entry
}

type entry struct {
	Name       string
	Translated int // texts
}

func readIndex() (x index, err error) {
	if _, err := toml.DecodeFS(files, indexFile, &x); err != nil {
		return x, fmt.Errorf("languages/%s: %w", indexFile, err)
	}
	return x, nil
}

// percent returns how much of all n is. Only all is 100.
func percent(n, all int) int {
	if all == 0 {
		return 100
	}
	return n * 100 / all
}

// Read returns the catalogue of a language.
func Read(tag string) (*lang.Catalogue, error) {
	b, err := files.ReadFile(tag + ".toml")
	if err != nil {
		return nil, err
	}
	c, err := Parse(tag+".toml", b)
	if err != nil {
		return nil, fmt.Errorf("languages/%s.toml: %w", tag, err)
	}
	return c, nil
}

// A file is one catalogue as it is written.
type file struct {
	Name  string
	Texts map[lang.Text]string
}

// Parse reads a catalogue, the name of whose file is that of its language.
func Parse(name string, b []byte) (*lang.Catalogue, error) {
	var f file
	meta, err := toml.Decode(string(b), &f)
	if err != nil {
		return nil, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("unknown key %s", unknown[0])
	}
	for t, translation := range f.Texts {
		if translation == "" { // not translated yet
			delete(f.Texts, t)
		}
	}
	return lang.NewCatalogue(strings.TrimSuffix(path.Base(name), ".toml"), f.Name, f.Texts)
}
