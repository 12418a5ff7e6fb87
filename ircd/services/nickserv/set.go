package nickserv

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

// A setting is one that its owner can change. The value "default" makes the account
// follow the network again.
type setting struct {
	name, usage string
	line        lang.Text // in INFO
	help        lang.Text
	more        []lang.Text
	// read returns the value as it is kept, from what people write in small
	// letters.
	read func(word string) (value string, ok bool)
	// show returns the value as it is shown, a text or a string, which is "" if there
	// is nothing to show.
	show func(r *dispatch.Request, a *accounts.Account) any
}

var settings = []setting{
	{
		name: dispatch.SettingAlwaysOn, usage: "{true|false|default}", line: "Always on: %s",
		help: "Lets you stay in your channels while no client is connected.",
		more: []lang.Text{"Others see you as away then. What was said meanwhile can be read when you come back."},
		read: boolean,
		show: func(r *dispatch.Request, a *accounts.Account) any { return yes(r.Server.AlwaysOn(a)) },
	},
	{
		name: dispatch.SettingMulticlient, usage: "{on|off|default}", line: "Several clients at once: %s",
		help: "Lets several of your clients be one user, if they ask for the same nick.",
		read: func(word string) (string, bool) {
			value, ok := boolean(word)
			return map[string]string{"true": "on", "false": "off"}[value], ok
		},
		show: func(r *dispatch.Request, a *accounts.Account) any { return yes(r.Server.Multiclient(a)) },
	},
	{
		name: dispatch.SettingEnforce, usage: "{none|timeout|strict|default}", line: "Nicks protected: %s",
		help: "Protects your nicks from others: after a while (timeout) or at once (strict).",
		more: []lang.Text{"Where all nicks are protected, this can only protect them more."},
		read: func(word string) (string, bool) {
			return word, slices.Contains([]string{"none", "timeout", "strict"}, word)
		},
		show: func(r *dispatch.Request, a *accounts.Account) any {
			rule, wish := r.Server.Config().Accounts.NickReservation, a.Settings[dispatch.SettingEnforce]
			if wish == "strict" || wish != "" && rule == "optional" {
				return wish
			}
			return rule
		},
	},
	{
		name: dispatch.SettingHistory, usage: "{off|ephemeral|persistent|default}", line: "Private messages kept: %s",
		help: "Says whether what you and others say in private from now on is kept: not at all, until the server stops, or on the disk.",
		more: []lang.Text{"Of what the two choose, the lesser counts. What there is already stays: FORGET of HistServ removes what you have said."},
		read: func(word string) (string, bool) {
			_, ok := history.ParseKeep(word)
			return word, ok
		},
		show: func(r *dispatch.Request, a *accounts.Account) any {
			return r.Server.Network.DirectPolicy(a.Settings[dispatch.SettingHistory]).String()
		},
	},
	{
		name: "autoreplay-lines", usage: "{<number>|default}", line: "Lines replayed: %s",
		help: "Sends so many of the last lines of a channel when you join, to clients that cannot ask for them.",
		read: func(word string) (string, bool) {
			n, err := strconv.Atoi(word)
			return strconv.Itoa(n), err == nil && n >= 0 && n <= 1000
		},
		show: func(_ *dispatch.Request, a *accounts.Account) any {
			return a.Settings["autoreplay-lines"]
		},
	},
}

var (
	_ = add(dispatch.Command{
		Name:        "SET",
		Help:        "Changes a setting of your account.",
		Subcommands: setTable(),
	})
	_ = add(dispatch.Command{
		Name:       "SASET",
		Usage:      "<account> <setting> <value>",
		Help:       "Changes a setting of somebody's account.",
		Privileged: true, Oper: privs.Accounts,
		Run: saset,
	})
)

func setTable() dispatch.Table {
	t := dispatch.Table{}
	for _, s := range settings {
		t.Add(dispatch.Command{
			Name: strings.ToUpper(s.name), Usage: s.usage, Help: s.help, More: s.more,
			Run: func(r *dispatch.Request) error {
				a, err := own(r)
				if err != nil {
					return err
				}
				return s.set(r, a.Name, r.Param(0))
			},
		})
	}
	t.Add(dispatch.Command{
		Name: "EMAIL", Usage: "<address|none>", Help: "Changes your e-mail address, which only you and operators see.",
		More: []lang.Text{"A code is mailed to the new address, to be given to VERIFYEMAIL. Until then, the old one counts."},
		Run:  setEmail,
	})
	t.Add(dispatch.Command{
		Name: "LANGUAGE", Usage: "<language>...", Help: "Remembers the languages in which you read the server's texts, or default; LANGUAGE lists them.",
		Run: setLanguage,
	})
	t.Add(dispatch.Command{
		Name: "PASSWORD", Usage: "<current> <new> [<new again>]", Help: "Changes your password, as PASSWD does.",
		Run: passwd,
	})
	t.Add(dispatch.Command{
		Name: "METHODS", Usage: "{any|<method>{,<method>}}", Help: "Says how one can log in to your account: password, scram, external, app, token, passkey.",
		More: []lang.Text{"scram is a password that is proved without sending it, external a TLS certificate, app a password of APPPASSWORD, token one of IDENTITY."},
		Run:  setMethods,
	})
	return t
}

func (s setting) set(r *dispatch.Request, account, word string) error {
	value, ok := "", true
	if word = string(casemap.ASCII.Fold(word)); word != "default" {
		value, ok = s.read(word)
	}
	if !ok {
		r.Notice("Usage: SET %s %s", strings.ToUpper(s.name), s.usage)
		return nil
	}
	err := r.Wait(func(ctx context.Context) error { return r.Server.Accounts.Set(ctx, account, s.name, value) })
	if err != nil {
		return explain(err)
	}
	var shown any = value
	if value == "" {
		shown = lang.Text("the network's default")
	}
	r.Notice(s.line, shown)
	return nil
}

func saset(r *dispatch.Request) error {
	a := r.Server.Accounts.Lookup(r.Param(0))
	if a == nil {
		return errUnknown
	}
	for _, s := range settings {
		if casemap.ASCII.Equal(s.name, r.Param(1)) {
			audit(r, "SASET "+s.name, a.Name)
			return s.set(r, a.Name, r.Param(2))
		}
	}
	r.Notice("There is no such setting. HELP SET lists them.")
	return nil
}

func setMethods(r *dispatch.Request) error {
	a, err := mine(r)
	if err != nil {
		return err
	}
	var methods []accounts.Method
	usable := false
	for word := range strings.SplitSeq(string(casemap.ASCII.Fold(r.Param(0))), ",") {
		m := accounts.Method(word)
		can, known := canUse(a, m)
		switch {
		case word == "any":
			usable = true
		case !known:
			return numerics.Fail{Text: "The methods are password, scram, external, app, token and passkey; or any."}
		default:
			methods, usable = append(methods, m), usable || can
		}
	}
	if !usable {
		return explain(accounts.ErrOnlyWay)
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.Allow(ctx, a.Name, methods...)
	}, "From now on one can log in by: %s.", r.Param(0))
}

// canUse reports whether the owner of an account could log in by a method now.
func canUse(a *accounts.Account, m accounts.Method) (can, known bool) {
	switch m {
	case accounts.Password, accounts.Scram:
		return true, true
	case accounts.External:
		return len(a.Certs) > 0, true
	case accounts.App:
		return len(a.Apps) > 0, true
	case accounts.Token:
		return len(a.Links) > 0, true
	case accounts.PasskeyAlone:
		return slices.ContainsFunc(a.Factors, func(f accounts.Factor) bool { return f.Type == accounts.Passkey }), true
	}
	return false, false
}

func boolean(word string) (value string, ok bool) {
	switch word {
	case "true", "on", "yes", "1", "enable", "enabled":
		return "true", true
	case "false", "off", "no", "0", "disable", "disabled":
		return "false", true
	}
	return "", false
}

func yes(b bool) lang.Text {
	if b {
		return "yes"
	}
	return "no"
}
