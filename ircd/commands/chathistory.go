package commands

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

var _ = add(dispatch.Command{
	Name:  "CHATHISTORY",
	Usage: "<subcommand> [<parameter>...]",
	Help:  "Sends what was said earlier in a channel or conversation.",
	More:  []lang.Text{"A point is timestamp=YYYY-MM-DDThh:mm:ss.sssZ or msgid=…; a limit is a number of messages."},
	Spec:  "https://ircv3.net/specs/extensions/chathistory",
	Cost:  2,
	Quiet: true,
	Subcommands: dispatch.Table{
		"LATEST":  historyCommand("LATEST", "<target> <point|*> <limit>", "The last messages, after a point if it is not *.", latest),
		"BEFORE":  historyCommand("BEFORE", "<target> <point> <limit>", "The messages before a point.", before),
		"AFTER":   historyCommand("AFTER", "<target> <point> <limit>", "The messages after a point.", after),
		"AROUND":  historyCommand("AROUND", "<target> <point> <limit>", "The messages around a point.", around),
		"BETWEEN": historyCommand("BETWEEN", "<target> <point> <point> <limit>", "The messages between two points, counted from the first.", between),
		"TARGETS": {
			Name: "TARGETS", Usage: "<timestamp> <timestamp> <limit>", Quiet: true, Run: targets,
			Help: "The channels and users with messages between two times, by their latest.",
		},
	},
	Run: func(r *dispatch.Request) error {
		return chathistoryFail("INVALID_PARAMS", "There is no such subcommand", word(r.Param(0)))
	},
})

func historyCommand(name, usage string, help lang.Text, query func(points []history.Point, n int) history.Query) *dispatch.Command {
	points := strings.Count(usage, "<point")
	return &dispatch.Command{Name: name, Usage: usage, Help: help, Quiet: true, Cost: 2, Run: func(r *dispatch.Request) error {
		return chathistory(r, name, points, query)
	}}
}

func latest(p []history.Point, n int) history.Query  { return history.Latest(p[0], n) }
func before(p []history.Point, n int) history.Query  { return history.Before(p[0], n) }
func after(p []history.Point, n int) history.Query   { return history.After(p[0], n) }
func around(p []history.Point, n int) history.Query  { return history.Around(p[0], n) }
func between(p []history.Point, n int) history.Query { return history.Between(p[0], p[1], n) }

func chathistoryFail(code string, text lang.Text, context ...string) error {
	return numerics.Fail{Command: "CHATHISTORY", Code: code, Context: context, Text: text}
}

func chathistory(r *dispatch.Request, name string, count int, query func([]history.Point, int) history.Query) error {
	if want := 3 + count; len(r.Message.Params) != want {
		return chathistoryFail("INVALID_PARAMS", "The number of parameters is not right; see HELP CHATHISTORY", name)
	}
	points := make([]history.Point, count)
	for i := range points {
		p, ok := point(r.Param(2 + i))
		if !ok && !(name == "LATEST" && r.Param(2) == "*") {
			return chathistoryFail("INVALID_PARAMS", "This is not a timestamp or msgid", name, word(r.Param(2+i)))
		}
		points[i] = p
	}
	n, err := strconv.Atoi(r.Param(2 + count))
	if err != nil || n < 1 {
		return chathistoryFail("INVALID_PARAMS", "This is not a number of messages", name, word(r.Param(2+count)))
	}
	b, err := r.Server.Network.Readable(r.User, r.Param(1))
	if err != nil {
		return chathistoryFail("INVALID_TARGET", "Messages could not be retrieved", name, word(r.Param(1)))
	}
	n = min(n, r.Server.Config().History.ChatHistoryMax)
	p, err := r.Server.Network.Query(r.Context(), b, query(points, n), r.Session.Caps())
	if err != nil {
		return chathistoryFail("MESSAGE_ERROR", "Messages could not be retrieved", name, word(r.Param(1)))
	}
	sendHistory(r, b, p)
	return nil
}

// point reads a position in the history.
func point(s string) (history.Point, bool) {
	kind, value, _ := strings.Cut(s, "=")
	switch kind {
	case "msgid":
		return history.ID(value)
	case "timestamp":
		t, ok := timestamp(value)
		return history.At(t), ok
	}
	return history.Point{}, false
}

const timeFormat = "2006-01-02T15:04:05.000Z"

// timestamp reads a time as server-time has it.
func timestamp(s string) (time.Time, bool) {
	t, err := time.Parse("2006-01-02T15:04:05.999Z", s)
	return t, err == nil
}

// endTag marks the last page there is.
// https://github.com/ircv3/ircv3-specifications/pull/598
var endTag = wire.Tags{{Key: "draft/chathistory-end"}}

// sendHistory sends a page in a batch. What it has besides stands behind what it is
// about.
// https://ircv3.net/specs/extensions/chathistory#draftchathistory-context-tag
func sendHistory(r *dispatch.Request, b network.Buffer, p network.Page) {
	var tags wire.Tags
	if p.End {
		tags = endTag
	}
	ref := r.Session.StartTaggedBatch(tags, "chathistory", b.Asked)
	past := r.Server.Network.Playback(b.Target, r.Session.Caps())
	for _, e := range p.Events {
		replay(r, ref, past, e)
		for _, x := range p.Context[e.ID()] {
			replay(r, ref, past, x, wire.Tag{Key: "draft/chathistory-context"})
		}
	}
	r.Session.EndBatch(ref)
}

// replay sends one event of the past, with more tags.
func replay(r *dispatch.Request, ref string, past *network.Playback, e *event.Event, more ...wire.Tag) {
	lines := past.Lines(e)
	for i := range lines {
		m := lines[i]
		m.Tags = append(slices.Clip(m.Tags), more...)
		sendIn(r, ref, m)
	}
	r.Session.Wait()
}

// sendIn sends a line in a batch. A batch of its own is inside the other.
func sendIn(r *dispatch.Request, ref string, m wire.Message) {
	if m.Tags.Get("batch") != "" {
		r.Session.ReplyMessage(&m)
		return
	}
	r.Session.ReplyInBatch(ref, &m)
}

func targets(r *dispatch.Request) error {
	if len(r.Message.Params) != 4 {
		return chathistoryFail("INVALID_PARAMS", "The number of parameters is not right; see HELP CHATHISTORY", "TARGETS")
	}
	var times [2]time.Time
	for i := range times {
		t, ok := timestamp(strings.TrimPrefix(r.Param(1+i), "timestamp="))
		if !ok {
			return chathistoryFail("INVALID_PARAMS", "This is not a timestamp", "TARGETS", word(r.Param(1+i)))
		}
		times[i] = t
	}
	n, err := strconv.Atoi(r.Param(3))
	if err != nil || n < 1 {
		return chathistoryFail("INVALID_PARAMS", "This is not a number of targets", "TARGETS", word(r.Param(3)))
	}
	found, end, err := r.Server.Network.Recent(r.Context(), r.User, times[0], times[1], min(n, r.Server.Config().History.ChatHistoryMax))
	if err != nil {
		return chathistoryFail("MESSAGE_ERROR", "Messages could not be retrieved", "TARGETS")
	}
	var tags wire.Tags
	if end {
		tags = endTag
	}
	ref := r.Session.StartTaggedBatch(tags, "draft/chathistory-targets")
	for _, t := range found {
		m := r.Message
		m.Tags, m.Source, m.Command = nil, r.Server.Name(), "CHATHISTORY"
		m.Params = []string{"TARGETS", t.Target, t.Time.Format(timeFormat)}
		r.Session.ReplyInBatch(ref, &m)
	}
	r.Session.EndBatch(ref)
	return nil
}
