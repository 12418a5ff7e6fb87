package commands

import (
	"context"
	"strconv"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

var _ = add(dispatch.Command{
	Name:  "SEARCH",
	Usage: "<attributes>",
	Help:  "Searches what was said: attributes are text, in, from, after, before, has=link and limit, as in text=tea;in=#tea;limit=20.",
	Spec:  "https://github.com/ircv3/ircv3-specifications/pull/496",
	Cost:  5,
	Run:   search,
})

const searchLimit = 50

func search(r *dispatch.Request) error {
	if r.Server.Network.History == nil {
		return numerics.InternalError
	}
	q := history.SearchQuery{Limit: searchLimit}
	in := ""
	for _, attribute := range wire.ParseTags(r.Param(0)) {
		key, value, ok := attribute.Key, attribute.Value, true
		switch key {
		case "text":
			q.Text = value
		case "from":
			q.From = value
		case "in":
			in = value
		case "has":
			q.HasLink, ok = value == "link", value == "link"
		case "limit":
			q.Limit, ok = positive(value)
		case "before", "after":
			var p history.Point
			if p, ok = searchPoint(value); key == "before" {
				q.Before = p
			} else {
				q.After = p
			}
		default:
			ok = false
		}
		if !ok {
			return numerics.InvalidParams.With(word(key))
		}
	}
	q.Limit = min(q.Limit, r.Server.Config().History.ChatHistoryMax)
	u, hits := r.User, []network.Found(nil)
	err := r.Wait(func(ctx context.Context) (err error) {
		hits, err = r.Server.Network.Search(ctx, u, in, q)
		return err
	})
	if err != nil {
		return err
	}
	sendHits(r, hits)
	return nil
}

func positive(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0
}

// searchPoint reads a time, also one written as CHATHISTORY has it, or a msgid.
func searchPoint(s string) (history.Point, bool) {
	if p, ok := point(s); ok {
		return p, true
	}
	t, ok := timestamp(s)
	return history.At(t), ok
}

// sendHits sends what was found, the oldest first as in CHATHISTORY.
func sendHits(r *dispatch.Request, hits []network.Found) {
	kind := "search"
	if r.Has(caps.SearchSoju) && !r.Has(caps.Search) {
		kind = "soju.im/search"
	}
	ref := r.Session.StartBatch(kind)
	for i := len(hits) - 1; i >= 0; i-- {
		replay(r, ref, r.Server.Network.Playback(hits[i].Target, r.Session.Caps()), hits[i].Event)
	}
	r.Session.EndBatch(ref)
}
