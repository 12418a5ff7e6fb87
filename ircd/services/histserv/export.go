package histserv

import (
	"context"
	"encoding/json"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/wire"
)

var _ = add(dispatch.Command{
	Name: "EXPORT",
	Help: "Sends you all that you have said, in channels and in private, as JSON: a line each, the newest first.",
	More: []lang.Text{
		"Long messages are in several lines, of which the later ones have the number of the part.",
		"Of a message that you have edited, the texts before follow, numbered as earlier.",
	},
	Usage: "",
	Cost:  50,
	Run:   export,
})

const (
	pageSize = 500
	maxLine  = 390 // bytes that fit on a line with any nick
	maxPiece = 300
)

// A line is a message, or a part of one, as it is exported.
type line struct {
	Time    string `json:"time,omitempty"`
	MsgID   string `json:"msgid"`
	Target  string `json:"target,omitempty"`
	Earlier int    `json:"earlier,omitempty"` // the number of a text that it had before
	Part    int    `json:"part,omitempty"`
	Text    string `json:"text"`
}

// export sends a page at a time, so that it makes no difference how much there is.
func export(r *dispatch.Request) error {
	u, page, count := r.User, history.Page{}, 0
	for more := true; more; more = !page.Next.IsZero() {
		err := r.Wait(func(ctx context.Context) (err error) {
			page, err = r.Server.Network.Said(ctx, u, page.Next, pageSize)
			return err
		})
		if err != nil {
			return err
		}
		for _, h := range page.Hits {
			for _, l := range lines(h.Event) {
				r.Notice(lang.Verbatim, l)
			}
			count++
		}
		if !r.Session.Wait() {
			return nil
		}
	}
	r.Notice("End of the export: {%d message|%d messages}.", count)
	return nil
}

// lines returns a message as JSON, in lines that are short enough.
func lines(e *event.Event) (all []string) {
	m, _ := e.Body.(event.MessageSent)
	all = pieces(nil, line{Time: e.Time().UTC().Format(time.RFC3339Nano), MsgID: e.ID(), Target: m.Target}, m.Whole())
	for i, v := range m.Trail {
		all = pieces(all, line{MsgID: e.ID(), Earlier: i + 1}, event.MessageSent{Text: v.Text, Lines: v.Lines}.Whole())
	}
	return all
}

// pieces appends a text in as many lines as it takes. The first of them is l.
func pieces(all []string, l line, text string) []string {
	for rest := text; ; {
		n := maxPiece
		for {
			l.Text = wire.Split(rest, n)[0]
			if b, _ := json.Marshal(l); len(b) <= maxLine || len(l.Text) <= 1 { // a line always encodes
				all = append(all, string(b))
				break
			}
			n /= 2
		}
		if rest = rest[len(l.Text):]; rest == "" {
			return all
		}
		l = line{MsgID: l.MsgID, Earlier: l.Earlier, Part: max(l.Part, 1) + 1}
	}
}
