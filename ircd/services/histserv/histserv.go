// Package histserv implements HistServ, by which people read what was said, and get
// or remove what they have said themselves. Its commands are a file each.
//
// Clients that know of history ask for it by CHATHISTORY and REDACT. HistServ is for
// people, and for what has no command: all of one's own messages, wherever they are.
package histserv

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

// Service is HistServ.
var Service = &dispatch.Service{
	Nick:     "HistServ",
	About:    "HistServ shows what was said, and lets you get and remove what you have said.",
	Commands: dispatch.Table{},
}

func add(c dispatch.Command) bool { return Service.Commands.Add(c) }

// no is a refusal.
func no(text lang.Text, words ...any) error { return numerics.Fail{Text: text, Words: words} }

const timeFormat = "2006-01-02 15:04:05"
