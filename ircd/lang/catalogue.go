package lang

import "fmt"

// A Catalogue has the translations of texts into one language, and another one for
// those that it lacks. The catalogue of English is nil. A Catalogue is not changed
// once it is made, and may be used by several goroutines.
type Catalogue struct {
	tag   string
	name  string
	texts map[Text]string
	rules plurals
	next  *Catalogue // for texts that are missing here
}

// NewCatalogue returns the catalogue of a language. The tag is that of BCP 47, as
// "de" or "pt-BR", and name is what the speakers call their language. Each
// translation must use the verbs of its text, and must not contain control
// characters; the error names the first that does.
func NewCatalogue(tag, name string, texts map[Text]string) (*Catalogue, error) {
	if !validTag(tag) {
		return nil, fmt.Errorf("language %q: not a language tag such as de or pt-BR", tag)
	}
	if name == "" || !printable(name) {
		return nil, fmt.Errorf("language %s: a name is missing", tag)
	}
	c := &Catalogue{tag: tag, name: name, texts: texts, rules: pluralsOf(tag)}
	for t, translation := range texts {
		if err := c.check(t, translation); err != nil {
			return nil, fmt.Errorf("language %s: text %q: %w", tag, t, err)
		}
	}
	return c, nil
}

// Before returns the catalogue with another one for the texts that it lacks.
func (c *Catalogue) Before(next *Catalogue) *Catalogue {
	if c == nil { // which lacks nothing
		return nil
	}
	chain := *c
	chain.next = next
	return &chain
}

// Tag returns the tag of the language.
func (c *Catalogue) Tag() string {
	if c == nil {
		return "en"
	}
	return c.tag
}

// Tags returns the tags of the languages in which texts are looked for, in order.
// English is the last resort and not named, unless there is no other.
func (c *Catalogue) Tags() (tags []string) {
	if c == nil {
		return []string{"en"}
	}
	for ; c != nil; c = c.next {
		tags = append(tags, c.tag)
	}
	return tags
}

// Name returns what the speakers of the language call it.
func (c *Catalogue) Name() string {
	if c == nil {
		return "English"
	}
	return c.name
}

// PluralForms returns the names of the plural forms of the language, in the order in
// which translations have them.
func (c *Catalogue) PluralForms() []string {
	if c == nil {
		return english.names()
	}
	return c.rules.names()
}

// Has reports whether t is translated into the language. English has every text.
func (c *Catalogue) Has(t Text) bool {
	if c == nil {
		return true
	}
	_, ok := c.texts[t]
	return ok
}

// Translation returns t in the language, or "" if it is not translated.
func (c *Catalogue) Translation(t Text) string {
	if c == nil {
		return string(t)
	}
	return c.texts[t]
}

// Keys yields the texts that are translated.
func (c *Catalogue) Keys(yield func(t Text) bool) {
	if c == nil {
		return
	}
	for t := range c.texts {
		if !yield(t) {
			return
		}
	}
}

// find returns t in the first language that has it, and its catalogue.
func (c *Catalogue) find(t Text) (format string, from *Catalogue) {
	for ; c != nil; c = c.next {
		if s, ok := c.texts[t]; ok {
			return s, c
		}
	}
	return string(t), nil
}
