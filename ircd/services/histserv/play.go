package histserv

import (
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
)

var _ = add(dispatch.Command{
	Name:  "PLAY",
	Usage: "<target> [<number>|<duration>]",
	Help:  "Shows the last messages of a channel or conversation: a number of them, or those since 1h, 30m or 7d.",
	More:  []lang.Text{"They are shown in UTC, and as any client can read them. HISTORY shows them where they were said."},
	Cost:  2,
	Run:   play,
})

func play(r *dispatch.Request) error {
	b, err := r.Server.Network.Readable(r.User, r.Param(0))
	if err != nil {
		return no("There is no history of that for you.")
	}
	q, ok := r.HistoryQuery(r.Param(1))
	if !ok {
		return no("%s is neither a number of messages nor a duration such as 1h.", r.Param(1))
	}
	p, err := r.Server.Network.Query(r.Context(), b, q, 0)
	if err != nil {
		return err
	}
	for _, e := range p.Events {
		for _, line := range spoken(e) {
			r.Notice(lang.Verbatim, line)
		}
		r.Session.Wait()
	}
	r.Notice("End of the history of %s: {%d message|%d messages}.", b.Target, len(p.Events))
	return nil
}

// spoken shows a message to people, in as many lines as it has.
func spoken(e *event.Event) (lines []string) {
	m, _ := e.Body.(event.MessageSent)
	source := e.Source
	if m.Shown != "" {
		source = m.Shown
	}
	nick, _, _ := strings.Cut(source, "!")
	for text := range strings.SplitSeq(m.Whole(), "\n") {
		who := "<" + nick + "> "
		if action, ok := strings.CutPrefix(text, "\x01ACTION "); ok {
			who, text = "* "+nick+" ", strings.TrimSuffix(action, "\x01")
		} else if m.Command == "NOTICE" {
			who = "-" + nick + "- "
		}
		lines = append(lines, "["+e.Time().UTC().Format(timeFormat)+"] "+who+text)
	}
	return lines
}
