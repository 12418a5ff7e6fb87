package reference

import (
	"fmt"
	"strings"

	"github.com/parley-irc/parley/languages"
)

func languagePage() string {
	p := newPage("Languages", "In which people can read the server's texts, chosen by `LANGUAGE`. What a language lacks is shown in English. [How to translate](../manual/languages.md).")
	p.table("language", "name", "translated", "plural forms")
	all, err := languages.Load()
	if err != nil {
		panic(err) // it is built in, and tested
	}
	for _, l := range all.All() {
		c, err := l.Load()
		if err != nil {
			panic(err)
		}
		p.row(code(l.Tag), l.Name, fmt.Sprintf("%d %%", l.Percent), strings.Join(c.PluralForms(), ", "))
	}
	return p.String()
}
