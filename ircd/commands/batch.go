package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "BATCH",
	Usage: "(+|-)<reference> [<type> [<parameter>...]]",
	Help:  "Begins or ends what belongs together, such as the lines of one message.",
	More: []lang.Text{
		"The messages between BATCH +reference and BATCH -reference have the reference in their tag \"batch\".",
		"The types are draft/multiline, whose parameter is the target of the message, and draft/authtoken.",
	},
	Spec:  "https://ircv3.net/specs/extensions/client-batch",
	Phase: dispatch.AnyPhase, // services ask for tokens before
	Run:   batch,
})

func batch(r *dispatch.Request) error {
	sign, ref := byte(0), r.Param(0)
	if ref != "" {
		sign, ref = ref[0], ref[1:]
	}
	switch {
	case r.User == nil && !r.Has(caps.AuthToken):
		return numerics.NotRegistered.With()
	case sign == '-' && isReference(ref):
		return r.CloseBatch(ref)
	case sign != '+' || !isReference(ref):
		return numerics.BatchReference.With(word(r.Param(0)))
	}
	b, err := openBatch(r, ref)
	if err != nil {
		r.IgnoreBatch(ref)
		return err
	}
	r.OpenBatch(b)
	return nil
}

// openBatch begins a batch of the type that is parameter 1.
func openBatch(r *dispatch.Request, ref string) (*dispatch.Batch, error) {
	switch {
	case r.Param(1) == "draft/multiline" && mayMultiline(r):
		return openMultiline(r, ref)
	case r.Param(1) == "draft/authtoken" && r.Session.Caps().HasAll(caps.Of(caps.AuthToken, caps.Batch)):
		return openTokenBatch(r, ref)
	}
	return nil, numerics.BatchType.With(ref, word(r.Param(1)))
}

// isReference reports whether s may be the reference of a batch.
// https://ircv3.net/specs/extensions/batch#the-batch-verb
func isReference(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
