package commands

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "EDIT",
	Usage: "<target>",
	Help:  "Gives a message of yours another text.",
	More:  []lang.Text{"The tag draft/target-msgid says which message, and draft/edit-text is its new text."},
	Spec:  "https://github.com/ircv3/ircv3-specifications/pull/425",
	Cost:  2,
	Run:   edit,
})

func edit(r *dispatch.Request) error {
	target, id, text := r.Param(0), r.Message.Tags.Get("draft/target-msgid"), r.Message.Tags.Get("draft/edit-text")
	switch {
	case !r.Has(caps.MessageEdit):
		return numerics.UnknownCommand.With("EDIT")
	case !r.Server.Config().History.Edit:
		return numerics.Fail{Code: "EDIT_FORBIDDEN", Context: []string{word(target), word(id)}, Text: "Messages are not edited on this server"}
	case id == "":
		return numerics.Fail{Code: "INVALID_EDIT", Context: []string{word(target)}, Text: "The tag draft/target-msgid has to say which message"}
	}
	return r.Server.Network.Edit(r.Actor(), word(target), word(id), text, clientTags(r))
}
