package commands

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "LANGUAGE",
	Usage: "[<language>...]",
	Help:  "Chooses the languages in which you read the server's texts; without any, lists those there are.",
	More: []lang.Text{
		"What the first one lacks is shown in the next one, and in English at last. NickServ's SET LANGUAGE remembers your languages.",
	},
	Spec:  "https://gist.github.com/DanielOaks/8126122f74b26012a3de37db80e4e0c6",
	Phase: dispatch.AnyPhase,
	Run:   language,
})

func language(r *dispatch.Request) error {
	if r.Param(0) == "" {
		listLanguages(r)
		return nil
	}
	tags, err := languagesOf(r, r.Message.Params)
	if err != nil {
		return err
	}
	if err := r.ChooseLanguages(tags); err != nil {
		return err
	}
	r.Reply(numerics.YourLanguages.With(tags...))
	return nil
}

// languagesOf returns the tags of the languages that the parameters of a request name.
// A tilde before one is from the list of those that are not complete.
func languagesOf(r *dispatch.Request, params []string) (tags []string, err error) {
	var unknown []string
	for _, param := range params {
		for tag := range strings.SplitSeq(param, ",") {
			if l, ok := r.Server.Languages.Find(strings.TrimPrefix(tag, "~")); ok {
				tags = append(tags, l.Tag)
			} else {
				unknown = append(unknown, word(tag))
			}
		}
	}
	switch {
	case len(unknown) > 0:
		return nil, numerics.NoLanguage.With(unknown...)
	case len(tags) > lang.MaxLanguages:
		return nil, numerics.TooManyLanguages.With(strconv.Itoa(lang.MaxLanguages))
	}
	return tags, nil
}

func listLanguages(r *dispatch.Request) {
	r.Notice("You read the server's texts in: %s", strings.Join(r.Session.Language().Tags(), ", "))
	for _, l := range r.Server.Languages.All() {
		if l.Percent < 100 {
			r.Notice("%s  %s (%d%% translated)", l.Tag, l.Name, l.Percent)
		} else {
			r.Notice("%s  %s", l.Tag, l.Name)
		}
	}
	r.Notice("Choose one or several by /LANGUAGE <language>...")
}
