package histserv

import (
	"context"
	"encoding/json"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/wire"
)

var _ = add(dispatch.Command{
	Name:  "EXPORT",
	Help:  "Sends you all that you have said, in channels and in private, as JSON: a line each.",
	More:  []lang.Text{"Long messages are in several lines, of which the later ones have the number of the part. Of more than 10,000 messages you get the last."},
	Usage: "",
	Cost:  50,
	Run:   export,
})

const (
	maxExport = 10_000
	maxLine   = 390 // bytes that fit on a line with any nick
	maxPiece  = 300
)

// A line is a message, or a part of one, as it is exported.
type line struct {
	Time   string `json:"time,omitempty"`
	MsgID  string `json:"msgid"`
	Target string `json:"target,omitempty"`
	Part   int    `json:"part,omitempty"`
	Text   string `json:"text"`
}

func export(r *dispatch.Request) error {
	u, found := r.User, []network.Found(nil)
	err := r.Wait(func(ctx context.Context) (err error) {
		found, err = r.Server.Network.Said(ctx, u, maxExport)
		return err
	})
	if err != nil {
		return err
	}
	for i := len(found) - 1; i >= 0; i-- {
		for _, l := range lines(found[i].Event) {
			r.Notice(lang.Verbatim, l)
		}
		r.Session.Wait()
	}
	say(r, "End of the export: {%d message|%d messages}.", len(found))
	return nil
}

// lines returns a message as JSON, in lines that are short enough.
func lines(e *event.Event) (all []string) {
	m, _ := e.Body.(event.MessageSent)
	l := line{Time: e.Time().UTC().Format(time.RFC3339Nano), MsgID: e.ID(), Target: m.Target}
	for rest := m.Whole(); ; {
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
		l = line{MsgID: l.MsgID, Part: max(l.Part, 1) + 1}
	}
}
