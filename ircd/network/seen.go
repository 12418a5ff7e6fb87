package network

import (
	"context"
	"strings"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// Seen returns the last that somebody, by nick or account, has said or done in a channel,
// as far as u may read what happened there. It is nil if there is nothing.
func (n *Network) Seen(ctx context.Context, u *state.User, channel, who string) (*event.Event, error) {
	b, err := n.Readable(u, channel)
	if err != nil {
		return nil, err
	}
	q := history.Query{Last: true, Limit: 1, Since: b.Since, Until: b.Until, Keep: func(e *event.Event) bool {
		nick, _, isUser := strings.Cut(e.Source, "!")
		return isUser && (n.World.Mapping.Equal(nick, who) || e.Account != "" && n.World.Mapping.Equal(e.Account, who))
	}}
	events, err := n.History.Query(ctx, b.Name, q)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	return events[0], nil
}
