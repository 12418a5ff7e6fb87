// Package languages holds the translations of the server's texts: a file for
// each language, built into the program.
//
// The name of a file is the tag of its language (BCP 47), such as de.toml or
// pt-BR.toml. English needs no file, since the texts are written in it. To add a
// language, copy template.toml, which explains the form, and translate what you
// like: a text that is missing stays English. Nothing else has to be changed;
// the server offers every language it finds here.
//
// A file is refused if a translation cannot be formatted with the arguments of
// its text, so that a mistake shows when the program is tested and not when
// somebody reads it.
package languages

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/parley-irc/parley/ircd/lang"
)

//go:embed *.toml
var files embed.FS

const template = "template.toml"

// Load returns the catalogues of the languages that are built in, by tag.
// English, whose catalogue is nil, is not among them.
func Load() (map[string]*lang.Catalogue, error) { return load(files) }

func load(fsys fs.FS) (map[string]*lang.Catalogue, error) {
	names, err := fs.Glob(fsys, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("list languages: %w", err)
	}
	catalogues := map[string]*lang.Catalogue{}
	for _, name := range names {
		if name == template {
			continue
		}
		c, err := read(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("languages/%s: %w", name, err)
		}
		catalogues[c.Tag()] = c
	}
	return catalogues, nil
}

// A file is one catalogue as it is written.
type file struct {
	Name  string
	Texts map[lang.Text]string
}

func read(fsys fs.FS, name string) (*lang.Catalogue, error) {
	var f file
	meta, err := toml.DecodeFS(fsys, name, &f)
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
