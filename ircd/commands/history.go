package commands

import (
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

var _ = add(dispatch.Command{
	Name:  "HISTORY",
	Usage: "<target> [<number>|<duration>]",
	Help:  "Shows the last messages of a channel or conversation: a number of them, or those since 1h, 30m or 7d.",
	Cost:  2,
	Run:   humanHistory,
})

func humanHistory(r *dispatch.Request) error {
	b, err := r.Server.Network.Readable(r.User, r.Param(0))
	if err != nil {
		return numerics.NoSuchChannel.With(word(r.Param(0))).Because("There is no history of that for you")
	}
	q, ok := r.HistoryQuery(r.Param(1))
	if !ok {
		return numerics.InvalidParams.With(word(r.Param(1)))
	}
	return replayLines(r, b, q)
}

// autoReplay shows one who is in a channel now, and whose client cannot ask, what
// was said since a time or, if that is zero, what was said last.
func autoReplay(r *dispatch.Request, ch *state.Channel, since time.Time) {
	if !r.Replays() {
		return
	}
	b, err := r.Server.Network.Readable(r.User, ch.Name())
	if err != nil {
		return
	}
	h := r.Server.Config().History
	q := history.Latest(history.Point{}, h.AutoReplay)
	if !since.IsZero() {
		q = history.Latest(history.At(since), h.ChatHistoryMax)
	}
	if q.Limit > 0 {
		if err := replayLines(r, b, q); err != nil {
			r.Server.Log.Warn("history is not replayed", "error", err)
		}
	}
}

// replayTalks is autoReplay for conversations.
func replayTalks(r *dispatch.Request, since time.Time) {
	if since.IsZero() || !r.Replays() {
		return
	}
	h, n := r.Server.Config().History, r.Server.Network
	found, _, err := n.Recent(r.Context(), r.User, since, time.Time{}, h.ChatHistoryMax)
	if err != nil {
		return
	}
	for _, t := range found {
		b, err := n.Readable(r.User, t.Target)
		if err == nil && t.Target[0] != '#' {
			_ = replayLines(r, b, history.Latest(history.At(since), h.ChatHistoryMax))
		}
	}
}

// replayLines sends messages of the past, if there are any. Clients that cannot read
// when it was have the time in the text.
func replayLines(r *dispatch.Request, b network.Buffer, q history.Query) error {
	p, err := r.Server.Network.Query(r.Context(), b, q, 0)
	if err != nil || len(p.Events) == 0 {
		return err
	}
	if r.Has(caps.ServerTime) {
		sendHistory(r, b, network.Page{Events: p.Events})
		return nil
	}
	ref := r.Session.StartBatch("chathistory", b.Asked)
	past := r.Server.Network.Playback(b.Target, r.Session.Caps())
	for _, e := range p.Events {
		lines := past.Lines(e)
		for i := range lines {
			sendIn(r, ref, dated(lines[i], e.Time()))
		}
		r.Session.Wait()
	}
	r.Session.EndBatch(ref)
	return nil
}

// dated returns a message with the time before its text.
func dated(m wire.Message, t time.Time) wire.Message {
	if m.Command != "PRIVMSG" && m.Command != "NOTICE" || len(m.Params) < 2 {
		return m
	}
	text, stamp := m.Params[1], "["+t.UTC().Format("2006-01-02 15:04:05")+"] "
	if action, ok := strings.CutPrefix(text, "\x01ACTION "); ok {
		stamp, text = "\x01ACTION "+stamp, action
	}
	m.Params = []string{m.Params[0], stamp + text}
	return m
}
