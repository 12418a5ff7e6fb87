package commands

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "REDACT",
	Usage: "<target> <msgid> [<reason>]",
	Help:  "Deletes a message of yours or, as a channel operator, of others.",
	Spec:  "https://ircv3.net/specs/extensions/message-redaction",
	Cost:  2,
	Run:   redact,
})

func redact(r *dispatch.Request) error {
	target, id := r.Param(0), r.Param(1)
	switch {
	case !r.Has(caps.Redaction):
		return numerics.UnknownCommand.With("REDACT")
	case !r.Server.Config().History.Redact:
		return numerics.Fail{Code: "REDACT_FORBIDDEN", Context: []string{word(target), word(id)}, Text: "Messages are not deleted on this server"}
	}
	reason := casemap.Truncate(r.Param(2), r.Server.Config().Limits.KickLength)
	return r.Server.Network.Redact(r.Actor(), target, word(id), reason)
}
