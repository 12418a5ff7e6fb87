package ergo

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/parley-irc/parley/ircd/migrate"
)

// What Ergo keeps of channels as JSON. Modes are the numbers of their letters.
type (
	channel struct {
		Name, Founder     string
		RegisteredAt      time.Time
		Topic, TopicSetBy string
		TopicSetTime      time.Time
		Modes             []rune
		Key, Forward      string
		UserLimit         int
		AccountToUMode    map[string]rune
		Bans, Excepts     map[string]maskInfo
		Invites           map[string]maskInfo
		Settings          struct{ History, QueryCutoff int }
		Metadata          map[string]string
	}
	maskInfo struct {
		TimeCreated     time.Time
		CreatorNickmask string
	}
	purge struct {
		Name, Oper, Reason string
		PurgedAt           time.Time
	}
)

// templates are the flags of who was given a status by "CS AMODE".
var templates = map[rune]string{'q': "SOP", 'a': "SOP", 'o': "AOP", 'h': "HOP", 'v': "VOP"}

func (f *file) channel(value string) {
	c, ok := decode[channel](f, "channel", "", "a channel", value)
	if !ok {
		return
	}
	out := migrate.Channel{
		Name: c.Name, Founder: c.Founder, Registered: sane(c.RegisteredAt), Metadata: c.Metadata,
		Topic:    migrate.Topic{Text: migrate.Text(c.Topic), By: c.TopicSetBy, Set: sane(c.TopicSetTime)},
		Settings: map[string]string{"history": keeps[c.Settings.History], "cutoff": map[int]string{1: "none", 2: "registration", 3: "join"}[c.Settings.QueryCutoff]},
	}
	maps.DeleteFunc(out.Settings, func(_, v string) bool { return v == "" })
	for _, letter := range c.Modes {
		if letter > 0 && letter < 128 {
			out.Modes = append(out.Modes, migrate.Mode{Letter: byte(letter)})
		}
	}
	for _, m := range []migrate.Mode{{Letter: 'k', Param: c.Key}, {Letter: 'f', Param: c.Forward}, {Letter: 'l', Param: limit(c.UserLimit)}} {
		if m.Param != "" {
			out.Modes = append(out.Modes, m)
		}
	}
	for _, list := range []struct {
		letter byte
		masks  map[string]maskInfo
	}{{'b', c.Bans}, {'e', c.Excepts}, {'I', c.Invites}} {
		for _, mask := range slices.Sorted(maps.Keys(list.masks)) {
			info := list.masks[mask]
			out.Lists = append(out.Lists, migrate.Entry{Letter: list.letter, Mask: mask, By: info.CreatorNickmask, Set: sane(info.TimeCreated)})
		}
	}
	for _, account := range slices.Sorted(maps.Keys(c.AccountToUMode)) {
		if flags := templates[c.AccountToUMode[account]]; flags != "" && account != c.Founder {
			out.Access = append(out.Access, migrate.Access{Account: account, Flags: flags, By: c.Founder, Since: out.Registered})
		}
	}
	f.out.Channels = append(f.out.Channels, out)
}

func limit(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (f *file) purge(value string) {
	if p, ok := decode[purge](f, "channel", "", "a purge", value); ok {
		f.out.Channels = append(f.out.Channels, migrate.Channel{
			Name: p.Name, Forbidden: &migrate.Ruling{Reason: migrate.Text(p.Reason), By: p.Oper, Since: sane(p.PurgedAt)},
		})
	}
}
