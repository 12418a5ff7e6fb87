package nickserv

import (
	"context"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

// setLanguage remembers the languages of an account, and lets its clients read in
// them at once.
func setLanguage(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	var tags []string
	if !casemap.ASCII.Equal(r.Param(0), "default") {
		if tags, err = languages(r); err != nil {
			return err
		}
	}
	err = r.Wait(func(ctx context.Context) error {
		return r.Server.Accounts.Set(ctx, a.Name, dispatch.SettingLanguage, strings.Join(tags, " "))
	})
	if err != nil {
		return explain(err)
	}
	if len(tags) == 0 {
		r.Notice("Language: %s", lang.Text("the network's default"))
	} else {
		r.Notice("Language: %s", strings.Join(tags, " "))
	}
	return nil
}

// languages returns the tags of the languages that a command names.
func languages(r *dispatch.Request) (tags []string, err error) {
	for _, tag := range strings.FieldsFunc(r.Rest(0), func(c rune) bool { return c == ' ' || c == ',' }) {
		l, ok := r.Server.Languages.Find(tag)
		if !ok {
			return nil, numerics.Fail{Text: "There are no texts in the language %s. LANGUAGE lists those there are.", Words: []any{tag}}
		}
		tags = append(tags, l.Tag)
	}
	if len(tags) > lang.MaxLanguages {
		return nil, numerics.Fail{Text: "You can choose {%d language|%d languages} at most.", Words: []any{lang.MaxLanguages}}
	}
	return tags, nil
}
