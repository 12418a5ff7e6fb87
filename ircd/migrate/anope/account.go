package anope

import (
	"strings"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/migrate"
)

// account reads an account. Its nicks are objects of their own.
func (f *file) account(o object) {
	name := o.fields["display"]
	if name == "" || f.accounts[fold(name)] != nil {
		return
	}
	if o.is("UNCONFIRMED") {
		f.out.Note("account", name, "it was never confirmed; its owner can register it here")
		return
	}
	a := &migrate.Account{
		Name: name, Key: o.key(), Registered: o.when("registered"), Email: o.fields["email"],
		Certs: strings.Fields(o.fields["cert"]), Settings: map[string]string{},
	}
	// There, too, who reads the mail to the address could choose another password.
	a.Confirmed = a.Email != ""
	a.Secret, a.SecretErr = foreign.Anope(o.fields["pass"])
	switch {
	case o.is("KILL_IMMED"):
		a.Settings["enforce"] = "strict"
	case o.is("KILLPROTECT"), o.is("KILL_QUICK"), o.is("PROTECT"):
		a.Settings["enforce"] = "timeout"
	}
	f.accounts[fold(name)] = a
	f.names[fold(name)] = name
	if id := o.key(); id != "" {
		f.names["id "+id] = name
	}
	if o.fields["greet"] != "" {
		f.out.Note("greeting", name, "there are no greetings of members")
	}
}

// alias reads a nick of an account, with its host. Of several hosts of an account the one
// of the nick that the account is called by counts, else the first.
func (f *file) alias(o object) {
	nick := o.fields["nick"]
	a := f.accounts[fold(f.owner(o.fields["ncid"], o.fields["nc"]))]
	if a == nil || nick == "" {
		return
	}
	f.names[fold(nick)] = a.Name
	own := fold(nick) == fold(a.Name)
	if !own {
		a.Nicks = append(a.Nicks, nick)
	}
	if t := o.when("registered", "time_registered"); own && a.Registered.IsZero() {
		a.Registered = t
	}
	if t := o.when("last_seen"); t.After(a.Seen) {
		a.Seen = t
	}
	host := o.fields["vhost_host"]
	switch {
	case host == "":
	case a.Host == nil, own:
		if a.Host != nil && a.Host.Host != host {
			f.out.Note("host", nick, "%s: an account has one host, and that is %s", a.Host.Host, host)
		}
		a.Host = &migrate.Host{Host: host, By: o.fields["vhost_creator"], Since: o.when("vhost_time")}
	case a.Host.Host != host:
		f.out.Note("host", nick, "%s: an account has one host, and that is %s", host, a.Host.Host)
	}
	if o.fields["vhost_ident"] != "" {
		f.out.Note("host", nick, "the user name %s is not shown: there are only hosts", o.fields["vhost_ident"])
	}
}

func (f *file) wanted(o object) {
	f.out.Note("host", o.fields["nick"], "%s was asked for, and nobody had answered: ask again", o.fields["host"])
}

func (f *file) memo(o object) {
	owner := o.fields["owner"]
	a := f.accounts[fold(f.owner("", owner))]
	if a == nil {
		f.out.Note("memo", owner, "it is to a channel, or to nobody")
		return
	}
	a.Memos = append(a.Memos, migrate.Memo{From: o.fields["sender"], Text: migrate.Text(o.fields["text"]), Sent: o.when("time"), Read: !o.is("unread")})
}
