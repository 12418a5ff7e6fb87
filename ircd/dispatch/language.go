package dispatch

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
)

// SettingLanguage is the setting of accounts for the languages that texts are read in:
// their tags, separated by spaces.
const SettingLanguage = "language"

// languageOffer adds what clients need to know of languages: how many they may choose,
// and which. Those that are not complete have a tilde.
func (s *Server) languageOffer(set caps.Set, values map[caps.Cap]string) caps.Set {
	words := []string{strconv.Itoa(lang.MaxLanguages)}
	for _, l := range s.Languages.All() {
		tag := l.Tag
		if l.Percent < 100 {
			tag = "~" + tag
		}
		words = append(words, tag)
	}
	values[caps.Languages] = strings.Join(words, ",")
	return set.With(caps.Languages)
}

// speak makes the language of the configuration that of those who have chosen none and
// connect from now on, and of what everybody is told alike.
func (s *Server) speak(c *config.Config) {
	in, err := s.Languages.Catalogue(c.Server.Language)
	if err != nil {
		s.Log.Error("a language cannot be used", "language", c.Server.Language, "error", err)
	}
	s.language.Store(in)
	s.Network.Speak(in)
}

// ChooseLanguages lets the client read texts in the first of these languages that has
// them. It stays so whatever its account has set.
func (c *Conn) ChooseLanguages(tags []string) error {
	in, err := c.Server.Languages.Catalogue(tags...)
	if err == nil {
		c.chose.Store(true)
		c.Session.SetLanguage(in)
	}
	return err
}

// setLanguage lets the client read texts in the languages of an account, unless the
// client has chosen others.
func (c *Conn) setLanguage(a *accounts.Account) {
	tags := strings.Fields(a.Settings[SettingLanguage])
	if len(tags) == 0 || c.chose.Load() {
		return
	}
	if in, err := c.Server.Languages.Catalogue(tags...); err == nil {
		c.Session.SetLanguage(in)
	}
}

// followLanguage lets all clients of an account read texts in the languages that it has
// set, also those that had chosen others before.
func (s *Server) followLanguage(old, a *accounts.Account) {
	if old == nil || old.Settings[SettingLanguage] == a.Settings[SettingLanguage] {
		return
	}
	for _, c := range s.ConnsOf(a.Name) {
		c.chose.Store(false)
		c.Session.SetLanguage(s.language.Load())
		c.setLanguage(a)
	}
}
