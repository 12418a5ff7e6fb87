package network

import (
	"context"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// Found is a message that a search has found.
type Found struct {
	Target string // the channel, or "" for one of a conversation
	Event  *event.Event
}

// Search returns messages that u may read, the newest first: in a target or, if in
// is "", in all channels that u is in and all conversations of u.
func (n *Network) Search(ctx context.Context, u *state.User, in string, q history.SearchQuery) (found []Found, err error) {
	s, err := n.searchable(u, in)
	if err != nil {
		return nil, err
	}
	q.In, q.Keep = s.in, heardBy(u)
	page, err := n.History.Search(ctx, q)
	for _, h := range page.Hits {
		found = append(found, Found{s.channels[h.Buffer], h.Event})
	}
	return found, err
}

// A scope is where somebody may search.
type scope struct {
	in       []history.Scope
	channels map[string]string // the names of channels by buffer
}

func (s *scope) add(b Buffer) {
	s.in = append(s.in, b.scope())
	s.channels[b.Name] = b.Target
}

func (n *Network) searchable(u *state.User, in string) (s scope, err error) {
	s = scope{channels: map[string]string{}}
	if in != "" {
		b, err := n.Readable(u, in)
		s.add(b)
		return s, err
	}
	for _, m := range u.Memberships() {
		if b, err := n.Readable(u, m.Channel.Name()); err == nil {
			s.add(b)
		}
	}
	for _, t := range n.conversations(u) {
		s.in = append(s.in, history.Scope{Buffer: t.Buffer})
	}
	return s, nil
}

// everywhere is the whole history.
func (n *Network) everywhere() (all []history.Scope) {
	for _, name := range n.History.Buffers() {
		all = append(all, history.Scope{Buffer: name})
	}
	return all
}

// Said returns the last messages before a point, or the last of all, that u has said,
// wherever that was: a page, of which Next is where the one after it begins.
func (n *Network) Said(ctx context.Context, u *state.User, before history.Point, limit int) (history.Page, error) {
	q := history.SearchQuery{From: u.Account(), Before: before, Limit: limit, In: n.everywhere()}
	if q.From == "" {
		q.From = u.Nick()
	}
	q.Keep = func(_ string, e *event.Event) bool { return isAuthor(u, e) }
	return n.History.Search(ctx, q)
}

// SaidBy is Said for an account, whether or not somebody is logged in to it.
func (n *Network) SaidBy(ctx context.Context, account string, before history.Point, limit int) (history.Page, error) {
	q := history.SearchQuery{From: account, Before: before, Limit: limit, In: n.everywhere()}
	q.Keep = func(_ string, e *event.Event) bool { return n.World.Mapping.Equal(e.Account, account) }
	return n.History.Search(ctx, q)
}
