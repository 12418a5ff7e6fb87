package histserv

import (
	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

var (
	_ = add(dispatch.Command{
		Name:  "STATUS",
		Usage: "[<target>]",
		Help:  "Shows how much history is kept: in general, or of a channel or conversation, and since when there is some.",
		Run:   status,
	})
	_ = add(dispatch.Command{
		Name:       "STATS",
		Help:       "Shows how much history there is, and whether it can be written.",
		Privileged: true, Oper: privs.Rehash,
		Run: stats,
	})
)

func status(r *dispatch.Request) error {
	c := r.Server.Config().History
	limit := modes.HistoryLimit{Count: c.Count, Age: c.Age.Std()}
	if r.Param(0) == "" {
		describe(r, lang.Text("A channel or conversation").With(), limit)
		return nil
	}
	n := r.Server.Network
	b, err := n.Readable(r.User, r.Param(0))
	if err != nil {
		return no("There is no history of that for you.")
	}
	keep, cutoff := n.DirectPolicy(r.Server.HistoryOf(r.Account())), ""
	if ch := n.World.Channel(b.Target); ch != nil {
		param := ""
		ch.View(func(v state.View) { param = v.Param(modes.History) })
		keep, cutoff = n.ChannelPolicy(ch)
		if own, set := modes.ParseHistory(param); set && own.Count == 0 {
			keep = history.Off
		} else if set {
			limit = own
		}
	}
	if keep == history.Off {
		r.Notice("%s keeps no history.", b.Target)
		return nil
	}
	describe(r, lang.Verbatim.With(b.Target), limit)
	if keep == history.Ephemeral {
		r.Notice("They are in memory only, and gone when the server stops.")
	}
	switch cutoff {
	case "join":
		r.Notice("Members read what was said since they joined.")
	case "registration":
		r.Notice("Members read what was said since their account was registered.")
	}
	p, err := r.Server.Network.Query(r.Context(), b, history.After(history.Point{}, 1), ^caps.Set(0))
	if err == nil && len(p.Events) > 0 {
		r.Notice("You can read it since %s UTC.", p.Events[0].Time().UTC().Format(timeFormat))
	}
	return err
}

func describe(r *dispatch.Request, what lang.Phrase, l modes.HistoryLimit) {
	age := lang.Duration(l.Age)
	switch {
	case l.Count > 0 && l.Age > 0:
		r.Notice("%s keeps at most {%d message or event|%d messages and events}, for %s.", what, l.Count, age)
	case l.Count > 0:
		r.Notice("%s keeps at most {%d message or event|%d messages and events}, as long as there is room.", what, l.Count)
	case l.Age > 0:
		r.Notice("%s keeps any number of messages and events, for %s.", what, age)
	default:
		r.Notice("%s keeps any number of messages and events, as long as there is room.", what)
	}
}

func stats(r *dispatch.Request) error {
	s := r.Server.Network.History.Stats()
	r.Notice("Channels and conversations: %d", s.Buffers)
	r.Notice("Messages and events: %d, in %s of memory and %s of file", s.Events, config.Size(s.Bytes).Rounded(), config.Size(s.File).Rounded())
	r.Notice("Removed because of a bound: %d; not yet written: %d; compactions: %d", s.Evicted, s.Pending, s.Compactions)
	if s.Degraded {
		r.Notice("It cannot be written now: what is said is kept in memory only. See the log of the server.")
	}
	return nil
}
