package lang

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// MaxLanguages is how many languages a client can read texts in.
const MaxLanguages = 5

// A Language is one that a server speaks.
type Language struct {
	Tag  string
	Name string // what its speakers call it
	// Percent is how many of the texts are translated. Only a language that has all
	// of them has 100.
	Percent int
	// Load returns the catalogue, which is nil for English. It is called when it is
	// needed, and more than once.
	Load func() (*Catalogue, error)
}

// Languages are those that a server speaks. They are safe for concurrent use.
type Languages struct {
	all []Language

	mu     sync.Mutex
	chosen map[string]*Catalogue // by their tags
}

// NewLanguages returns these languages and English.
func NewLanguages(others ...Language) *Languages {
	l := &Languages{chosen: map[string]*Catalogue{}}
	var none *Catalogue
	l.all = append(l.all, Language{none.Tag(), none.Name(), 100, func() (*Catalogue, error) { return none, nil }})
	others = slices.Clone(others)
	slices.SortFunc(others, func(a, b Language) int { return strings.Compare(a.Tag, b.Tag) })
	l.all = append(l.all, others...)
	return l
}

// All returns the languages: English, then the others by their tags.
func (l *Languages) All() []Language {
	if l == nil {
		return NewLanguages().all
	}
	return l.all
}

// Find returns the language that a tag stands for: that of the tag, or the one
// without what the tag says more exactly, as "de" for "de-AT" (RFC 4647, lookup).
func (l *Languages) Find(tag string) (found Language, ok bool) {
	for tag = strings.ReplaceAll(tag, "_", "-"); tag != ""; {
		for _, x := range l.All() {
			if strings.EqualFold(x.Tag, tag) {
				return x, true
			}
		}
		tag = tag[:max(0, strings.LastIndexByte(tag, '-'))]
	}
	return found, false
}

// Catalogue returns the catalogue that has texts in the first of these languages that
// has them. Languages that do not exist are skipped, and so are those after English,
// which has all texts. Equal lists get the same catalogue.
func (l *Languages) Catalogue(tags ...string) (*Catalogue, error) {
	var all []Language
	for _, tag := range tags {
		x, ok := l.Find(tag)
		if !ok || slices.ContainsFunc(all, func(y Language) bool { return y.Tag == x.Tag }) {
			continue
		}
		if x.Tag == l.All()[0].Tag || len(all) == MaxLanguages {
			break
		}
		all = append(all, x)
	}
	if len(all) == 0 {
		return nil, nil
	}
	key := ""
	for _, x := range all {
		key += x.Tag + " "
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if c, ok := l.chosen[key]; ok {
		return c, nil
	}
	c, err := chain(all)
	if err == nil {
		l.chosen[key] = c
	}
	return c, err
}

// chain returns the catalogue of the first language with the others behind it.
func chain(all []Language) (c *Catalogue, err error) {
	for _, x := range slices.Backward(all) {
		next := c
		if c, err = x.Load(); err != nil {
			return nil, fmt.Errorf("language %s: %w", x.Tag, err)
		}
		c = c.Before(next)
	}
	return c, nil
}
