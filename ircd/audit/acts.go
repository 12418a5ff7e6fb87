package audit

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
)

var all []*Act

func add(name string, snomask byte, text lang.Text) *Act {
	a := &Act{name, snomask, text}
	all = append(all, a)
	return a
}

// All returns the acts.
func All() []*Act { return all }

// Said returns what an entry of the act tells at once.
func (a *Act) Said(e Entry) lang.Phrase {
	args := []any{e.Who(), e.Target, e.Detail}
	for n := len(args); n > 0 && !strings.Contains(string(a.Text), "%["+strconv.Itoa(n)+"]"); n-- {
		args = args[:n-1]
	}
	return a.Text.With(args...)
}

// The acts. To note another, add a line.
var (
	Oper       = add("oper", modes.SnoOpers, "%[1]s is an operator now: %[2]s")
	OperFailed = add("oper-failed", modes.SnoOpers, "%[1]s has failed to become the operator %[2]s from %[3]s")
	Deoper     = add("deoper", modes.SnoOpers, "%[1]s has ended that %[2]s is an operator")

	Join     = add("sajoin", modes.SnoOpers, "%[1]s has made %[2]s join %[3]s")
	Part     = add("sapart", modes.SnoOpers, "%[1]s has made %[2]s leave %[3]s")
	Nick     = add("sanick", modes.SnoOpers, "%[1]s has given %[2]s the nick %[3]s")
	Mode     = add("samode", modes.SnoOpers, "%[1]s has changed the modes of %[2]s: %[3]s")
	Topic    = add("satopic", modes.SnoOpers, "%[1]s has changed the topic of %[2]s")
	Kick     = add("sakick", modes.SnoOpers, "%[1]s has removed %[2]s from a channel: %[3]s")
	ChgHost  = add("chghost", modes.SnoOpers, "%[1]s has given %[2]s the host %[3]s")
	ChgIdent = add("chgident", modes.SnoOpers, "%[1]s has given %[2]s the username %[3]s")
	ChgName  = add("chgname", modes.SnoOpers, "%[1]s has given %[2]s the real name %[3]s")

	Kill     = add("kill", modes.SnoKills, "%[1]s has removed %[2]s: %[3]s")
	Wallops  = add("wallops", modes.SnoOpers, "%[1]s has spoken to %[2]s")
	Announce = add("announce", modes.SnoOpers, "%[1]s has told everybody something")
	Override = add("override", modes.SnoOpers, "%[1]s has used %[3]s on %[2]s as an operator of the network")
	Redact   = add("redact", modes.SnoOpers, "%[1]s has deleted the message %[2]s")

	Ban   = add("ban", modes.SnoBans, "%[1]s has set a ban on %[2]s: %[3]s")
	Unban = add("unban", modes.SnoBans, "%[1]s has removed a ban on %[2]s: %[3]s")

	Filter   = add("spamfilter", modes.SnoBans, "%[1]s has set the spam filter %[2]s: %[3]s")
	Unfilter = add("unspamfilter", modes.SnoBans, "%[1]s has removed the spam filter %[2]s: %[3]s")

	Defcon  = add("defcon", modes.SnoRuns, "%[1]s has set the alertness of the network to %[2]s: %[3]s")
	Rehash  = add("rehash", modes.SnoRuns, "%[1]s reads the configuration of %[2]s again")
	Restart = add("restart", modes.SnoRuns, "%[1]s restarts %[2]s: %[3]s")
	Die     = add("die", modes.SnoRuns, "%[1]s stops %[2]s")
	Squit   = add("squit", modes.SnoLinks, "%[1]s unlinks %[2]s: %[3]s")
	Connect = add("connect", modes.SnoLinks, "%[1]s links %[2]s")
	Drain   = add("drain", modes.SnoRuns, "%[1]s sends the clients of %[2]s away: %[3]s")
	Account = add("account", modes.SnoAccounts, "%[1]s has used NickServ on %[2]s: %[3]s")
	Channel = add("channel", modes.SnoChannels, "%[1]s has used ChanServ on %[2]s: %[3]s")
	VHost   = add("vhost", modes.SnoAccounts, "%[1]s has used HostServ on %[2]s: %[3]s")
	History = add("history", modes.SnoAccounts, "%[1]s has removed what %[2]s said: %[3]s")

	// Acts that only programs do, by the HTTP API.
	Told        = add("tell", modes.SnoOpers, "%[1]s has told %[2]s something")
	Backup      = add("backup", modes.SnoRuns, "%[1]s gets a copy of what the server keeps")
	ReadHistory = add("read-history", modes.SnoAccounts, "%[1]s reads what was said: %[2]s")
)
