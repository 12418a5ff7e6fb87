package chanserv

import (
	"net/mail"
	"net/url"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/privs"
)

var _ = add(dispatch.Command{
	Name:        "SET",
	Selector:    1,
	Usage:       "<channel> <setting> [<value>]",
	Help:        "Changes how a channel is set up. Without a value, a setting is as it was at first.",
	Subcommands: settings,
	Run: func(r *dispatch.Request) error {
		return no("There is no setting %s. HELP SET lists them all.", r.Param(1))
	},
})

// settings are what can be SET. INFO shows their values.
var settings = dispatch.Table{
	"MLOCK":      setting("MLOCK", "[<modes> [<parameter>...]]", "The modes that stay as they are, as in \"+nt-i\".", chanreg.Set, parseLock),
	"KEEPTOPIC":  setting("KEEPTOPIC", "[on|off]", "Whether the topic stays while nobody is in the channel; at first it does.", chanreg.Set, parseSwitch),
	"ENTRYMSG":   setting("ENTRYMSG", "[<text>]", "A notice to all who join.", chanreg.Set, parseText),
	"RESTRICTED": setting("RESTRICTED", "[on|off]", "Whether only those with access may join.", chanreg.Set, parseSwitch),
	"PRIVATE":    setting("PRIVATE", "[on|off]", "Whether LIST and INFO hide the channel from others.", chanreg.Set, parseSwitch),
	"NAMESPACE":  setting("NAMESPACE", "[on|off]", "Whether channels whose names begin like this one and a hyphen are for those with access here.", chanreg.Founder, parseSwitch),
	"DESC":       setting("DESC", "[<text>]", "What the channel is about.", chanreg.Set, parseText),
	"URL":        setting("URL", "[<address>]", "A web page about the channel.", chanreg.Set, parseURL),
	"EMAIL":      setting("EMAIL", "[<address>]", "Where to write to about the channel. Everybody can see it.", chanreg.Set, parseEmail),
	"FANTASY":    setting("FANTASY", "[on|off]", "Whether commands can be given by saying them in the channel, if the server lets that be; at first they can.", chanreg.Set, parseSwitch),
	"HISTORY":    setting("HISTORY", "[off|ephemeral|persistent]", "Whether what is said is kept: not at all, and what there was is removed; until the server stops; or on the disk. How much and how long is mode H.", chanreg.Founder, parseKeep),
	"CUTOFF":     setting("CUTOFF", "[none|registration|join]", "From when on members may read what was said: from the beginning, from when their account was registered, or from their join.", chanreg.Founder, parseCutoff),
	"SECUREOPS":  setting("SECUREOPS", "[on|off]", "Whether only those whose flags say so can be founder, admin, operator or half-operator.", chanreg.Founder, parseSwitch),
	"TOPICLOCK":  setting("TOPICLOCK", "[on|off]", "Whether changing the topic takes the flag t, also for operators.", chanreg.Set, parseSwitch),
	"AUTOOP":     setting("AUTOOP", "[on|off]", "Whether members get on joining what their flags say; at first they do. Otherwise they ask for it: OP, VOICE.", chanreg.Set, parseSwitch),
	"VERBOSE":    setting("VERBOSE", "[on|off]", "Whether operators in the channel are told what others change by ChanServ.", chanreg.Set, parseSwitch),
	"NOEXPIRE":   byOperators(setting("NOEXPIRE", "[on|off]", "Whether the channel stays registered even if nobody uses it.", 0, parseSwitch)),
	"SUCCESSOR": {Name: "SUCCESSOR", Usage: "<channel> [<account>]", Run: setSuccessor,
		Help: "The account that becomes founder when yours is removed."},
}

// secure takes the statuses of those whose flags do not bring them.
func secure(r *dispatch.Request, g grip) {
	ch := g.channel(r)
	var changes []modes.Change
	for _, m := range members(ch) {
		flags := flagsOf(r.Server, g.Record, m.Account())
		for _, letter := range statuses {
			if letter != modes.Voice && m.Status().Has(letter) && !entitled(flags, letter) {
				changes = append(changes, mode(r.Server, letter, false, m.Nick()))
			}
		}
	}
	inPieces(r, ch, changes)
}

// A parser reads the value of a setting. What it cannot read it refuses.
type parser func(r *dispatch.Request, words []string) (value string, err error)

// key is the name under which a setting is kept.
func key(name string) string { return string(casemap.ASCII.Fold(name)) }

func setting(name, value string, help lang.Text, flag rune, parse parser) *dispatch.Command {
	return &dispatch.Command{Name: name, Usage: "<channel> " + value, Help: help, Run: func(r *dispatch.Request) error {
		g, err := hold(r, flag)
		if err != nil {
			return err
		}
		text := ""
		if words := r.Message.Params[1:]; len(words) > 0 {
			if text, err = parse(r, words); err != nil {
				return err
			}
		}
		if err := change(r, g.Name, func(rec *chanreg.Record) error {
			if rec.Settings[key(name)] = text; text == "" {
				delete(rec.Settings, key(name))
			}
			return nil
		}); err != nil {
			return err
		}
		switch {
		case name == "MLOCK":
			enforce(r, g.Name)
		case name == "SECUREOPS" && text == "on":
			secure(r, g)
		}
		if text == "" {
			r.Notice("%s of %s is as it was at first.", name, g.Name)
		} else {
			r.Notice("%s of %s is now: %s", name, g.Name, text)
		}
		return nil
	}}
}

// byOperators makes a setting one that only operators of the network change.
func byOperators(c *dispatch.Command) *dispatch.Command {
	c.Privileged, c.Oper = true, privs.Channels
	return c
}

func parseSwitch(_ *dispatch.Request, words []string) (string, error) {
	switch v := key(words[0]); v {
	case "on", "off":
		return v, nil
	}
	return "", no("Write on or off.")
}

func parseKeep(r *dispatch.Request, words []string) (string, error) {
	keep, ok := history.ParseKeep(key(words[0]))
	if !ok {
		return "", no("Write off, ephemeral or persistent.")
	}
	p := r.Server.Config().History.Policy
	if most, _ := history.ParseKeep(p.Most); keep < most {
		return "", no("On this network no more is kept than: %s", most)
	}
	if least, _ := history.ParseKeep(p.Least); keep > least {
		return "", no("On this network no less is kept than: %s", least)
	}
	return keep.String(), nil
}

func parseCutoff(_ *dispatch.Request, words []string) (string, error) {
	switch v := key(words[0]); v {
	case "none", "registration", "join":
		return v, nil
	}
	return "", no("Write none, registration or join.")
}

func parseText(r *dispatch.Request, words []string) (string, error) {
	return casemap.Truncate(strings.Join(words, " "), r.Server.Config().Limits.TopicLength), nil
}

func parseURL(_ *dispatch.Request, words []string) (string, error) {
	u, err := url.Parse(words[0])
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(words[0]) > 300 || len(words) > 1 {
		return "", no("Write an address such as https://example.org/.")
	}
	return words[0], nil
}

func parseEmail(_ *dispatch.Request, words []string) (string, error) {
	a, err := mail.ParseAddress(words[0])
	if err != nil || a.Address != words[0] || len(words) > 1 {
		return "", no("Write an address such as tea@example.org.")
	}
	return a.Address, nil
}

// mostLocked is how many modes can be locked.
const mostLocked = 52

// parseLock reads a mode lock. Statuses, lists and what only operators or the server
// change cannot be locked.
func parseLock(r *dispatch.Request, words []string) (string, error) {
	changes, problems := r.Server.Network.World.Modes.Parse(words, mostLocked)
	if len(problems) > 0 {
		return "", no("The mode %c cannot be locked so. HELP CMODES lists the modes.", problems[0].Letter)
	}
	var on, off string
	params := []string{}
	for _, c := range changes {
		switch {
		case c.Kind == modes.Status, c.Kind == modes.List, c.Fixed, c.Oper && !r.May(privs.ChannelModes):
			return "", no("The mode %c cannot be locked.", c.Letter)
		case c.Add:
			on += string(c.Letter)
			if c.Param != "" {
				params = append(params, c.Param)
			}
		default:
			off += string(c.Letter)
		}
	}
	lock := ""
	if on != "" {
		lock = "+" + on
	}
	if off != "" {
		lock += "-" + off
	}
	return strings.Join(append([]string{lock}, params...), " "), nil
}

func setSuccessor(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Founder)
	if err != nil {
		return err
	}
	account := ""
	if word := r.Param(1); word != "" {
		if account = accountOf(r, word); account == "" {
			return no("There is no account %s.", word)
		}
		if same(r, account, g.Founder) {
			return no("%s is the founder.", account)
		}
	}
	if err := change(r, g.Name, func(rec *chanreg.Record) error { rec.Successor = account; return nil }); err != nil {
		return err
	}
	if account == "" {
		r.Notice("%s has no successor. Without one it is not registered any more if your account is removed.", g.Name)
		return nil
	}
	r.Notice("%s becomes founder of %s if your account is removed.", account, g.Name)
	return nil
}
