package commands

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "MONITOR",
	Usage: "{+|-|C|L|S} [<nick>{,<nick>}]",
	Help:  "Tells you when users come and go.",
	More:  []lang.Text{"+ adds nicks, - removes nicks, C removes all, L lists them, S shows who of them is online."},
	Spec:  "https://ircv3.net/specs/extensions/monitor",
	Run:   monitor,
})

// monitorChunk is how many nicks are answered at once: their lines fit half of the
// smallest send queue.
const monitorChunk = 50

func monitor(r *dispatch.Request) error {
	n := r.Server.Network
	switch r.Param(0) {
	case "+":
		inParts(r, validNicks(r, r.Param(1)), n.Watch)
	case "-":
		n.Unwatch(r.Actor(), validNicks(r, r.Param(1)))
	case "C", "c":
		n.UnwatchAll(r.Actor())
	case "L", "l":
		for part := range slices.Chunk(n.Watched(r.Actor()), monitorChunk) {
			if replyLines(r, numerics.MonList.With(), ",", part); !r.Session.Wait() {
				return nil
			}
		}
		r.Reply(numerics.EndOfMonList.With())
	case "S", "s":
		inParts(r, n.Watched(r.Actor()), n.TellPresence)
	default:
		return numerics.InvalidParams
	}
	return nil
}

// inParts calls f with some of the nicks at a time, as the client reads the answers.
func inParts(r *dispatch.Request, nicks []string, f func(by network.Actor, nicks []string)) {
	for part := range slices.Chunk(nicks, monitorChunk) {
		f(r.Actor(), part)
		if metaMonitored(r, part); !r.Session.Wait() {
			return
		}
	}
}

// validNicks returns those in a list that could be nicks. Others, such as masks,
// never are online.
func validNicks(r *dispatch.Request, list string) []string {
	m, length := r.Server.Network.World.Mapping, r.Server.Config().Limits.NickLength
	return slices.DeleteFunc(strings.Split(list, ","), func(nick string) bool { return !m.ValidNick(nick, length) })
}
