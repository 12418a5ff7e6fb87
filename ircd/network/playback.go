package network

import (
	"context"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Page is events of the past, in ascending order.
type Page struct {
	Events []*event.Event
	// Context are reactions to messages of the page which are not in it themselves, and
	// that messages were edited, by the msgid of the message.
	Context map[string][]*event.Event
	// End means that there is nothing more in the direction of the query.
	End bool
}

// Query returns events of a buffer. Only those count that a client with these
// capabilities can do with: without event-playback, messages.
func (n *Network) Query(ctx context.Context, b Buffer, q history.Query, has caps.Set) (p Page, err error) {
	events := has.Has(caps.EventPlayback)
	q.Keep, q.Since, q.Until = b.shows, b.Since, b.Until
	switch {
	case !events:
		q.Kinds = history.Texts
	case !has.HasAll(caps.Of(caps.MessageTags, caps.Redaction)):
		q.Keep = func(e *event.Event) bool { return understood(e, has) && b.shows(e) }
	}
	around := !q.Around.IsZero()
	if !around {
		q.Limit++ // one more says whether there are more
	}
	p.Events, err = n.History.Query(ctx, b.Name, q)
	switch more := len(p.Events) == q.Limit; {
	case around:
	case more && q.Last:
		p.Events = p.Events[1:]
	case more:
		p.Events = p.Events[:q.Limit-1]
	default:
		p.End = true
	}
	if err == nil && events {
		p.Context, err = n.reactions(ctx, b, p.Events)
	}
	if has.HasAll(caps.Of(caps.MessageEdit, caps.MessageTags)) {
		p.addEdits(b)
	}
	return p, err
}

// addEdits adds to messages that have another text by now that they have got it, so that
// clients can show that this is not what was said first.
func (p *Page) addEdits(b Buffer) {
	for _, e := range p.Events {
		m, ok := e.Body.(event.MessageSent)
		if !ok || m.Edited.IsZero() {
			continue
		}
		edit := *e
		edit.Stamp, edit.Body = m.Edited, event.Edited{Buffer: b.Name, MsgID: e.ID(), Message: m}
		if p.Context == nil {
			p.Context = map[string][]*event.Event{}
		}
		p.Context[e.ID()] = append([]*event.Event{&edit}, p.Context[e.ID()]...)
	}
}

// maxContext is how many reactions are added to a page.
const maxContext = 500

// reactions returns those to messages of a page that are not in the page.
func (n *Network) reactions(ctx context.Context, b Buffer, page []*event.Event) (map[string][]*event.Event, error) {
	there, ids := map[string]bool{}, []string(nil)
	for _, e := range page {
		there[e.ID()] = true
		if m, ok := e.Body.(event.MessageSent); ok && m.Command != "TAGMSG" {
			ids = append(ids, e.ID())
		}
	}
	found, err := n.History.Related(ctx, b.Name, ids, maxContext)
	if err != nil {
		return nil, err
	}
	of := map[string][]*event.Event{}
	for _, e := range found {
		m, _ := e.Body.(event.MessageSent)
		if m.Command != "TAGMSG" || there[e.ID()] || !b.shows(e) {
			continue
		}
		for _, t := range m.Tags {
			if (t.Key == "+reply" || t.Key == "+draft/reply") && there[t.Value] {
				of[t.Value] = append(of[t.Value], e)
				break
			}
		}
	}
	return of, nil
}

// understood reports whether there is anything for a client to read of an event.
func understood(e *event.Event, has caps.Set) bool {
	switch b := e.Body.(type) {
	case event.MessageSent:
		return b.Command != "TAGMSG" || has.Has(caps.MessageTags)
	case event.Redacted:
		return has.Has(caps.Redaction)
	}
	return true
}

// A Playback says what a client reads of events of the past, one after the other. A page of
// them is written on the sheet of one message.
type Playback struct {
	network *Network
	target  string
	has     caps.Set
	sheet   sheet
	line    [1]wire.Message
}

// Playback is for a client with these capabilities. If target is a channel, the events are of
// that channel, whatever it was called at the time.
func (n *Network) Playback(target string, has caps.Set) *Playback {
	return &Playback{network: n, target: target, has: has}
}

// Lines returns what the client reads of an event: nothing, if it could not do with it. They
// are good until the next event.
func (p *Playback) Lines(e *event.Event) []wire.Message {
	target, has := p.target, p.has
	if !understood(e, has) {
		return nil
	}
	nick, _, _ := strings.Cut(e.Source, "!")
	in := func(channel string) string {
		if casemap.IsChannel(target) {
			return target
		}
		return channel
	}
	account := e.Account
	if account == "" {
		account = "*"
	}
	one := func(command string, params ...string) []wire.Message {
		for len(params) > 1 && params[len(params)-1] == "" {
			params = params[:len(params)-1]
		}
		return []wire.Message{message(e, command, params...)}
	}
	switch b := e.Body.(type) {
	case event.MessageSent:
		b.Target = in(b.Target)
		if b.Command == "TAGMSG" || len(b.Lines) > 0 {
			return messageFrame(e, b).Messages(has)
		}
		p.line[0] = plain(&p.sheet, e, b)
		return p.line[:]
	case event.Edited:
		b.Message.Target = in(b.Message.Target)
		return editFrame(e, b, p.network.Config()).Messages(has)
	case event.Redacted:
		return one("REDACT", in(b.Target), b.MsgID, b.Reason)
	case event.Revealed:
		joined := *e
		joined.Body = event.Joined{Channel: b.Channel}
		return p.Lines(&joined)
	case event.Joined:
		if has.Has(caps.ExtendedJoin) {
			return one("JOIN", in(b.Channel), account, nick)
		}
		return one("JOIN", in(b.Channel))
	case event.Parted:
		return one("PART", in(b.Channel), b.Reason)
	case event.Kicked:
		return one("KICK", in(b.Channel), b.Nick, b.Reason)
	case event.ModeChanged:
		return one("MODE", append([]string{in(b.Channel)}, modeWords(b.Changes)...)...)
	case event.TopicSet:
		return []wire.Message{message(e, "TOPIC", in(b.Channel), b.Topic)}
	case event.NickChanged:
		return one("NICK", b.Nick)
	case event.Quit:
		return one("QUIT", b.Reason)
	}
	return nil
}

// A Recent is somebody or something with history, and when it was last added to.
type Recent struct {
	Target string
	Time   time.Time
}

// Recent returns the channels that u is in, and those whom u has talked with, whose
// latest message is between two times, of which the first may be the later one and
// either may be zero; limit counts from the first. end means that these are all.
func (n *Network) Recent(ctx context.Context, u *state.User, first, second time.Time, limit int) (found []Recent, end bool, err error) {
	if n.History == nil {
		return nil, false, ErrUnreadable
	}
	names := map[string]string{}
	q := history.TargetsQuery{Of: n.Identity(u), First: at(first), Second: at(second), Limit: limit + 1}
	for _, m := range u.Memberships() {
		if b, err := n.Readable(u, m.Channel.Name()); err == nil {
			names[b.Name] = b.Target
			q.In = append(q.In, b.scope())
		}
	}
	q.Keep = heardBy(u)
	targets, err := n.History.Targets(ctx, q)
	switch more := len(targets) > limit; {
	case !more:
		end = true
	case !second.IsZero() && first.After(second):
		targets = targets[1:]
	default:
		targets = targets[:limit]
	}
	for _, t := range targets {
		name := names[t.Buffer]
		if name == "" {
			name = n.partner(u, t)
		}
		found = append(found, Recent{name, t.Latest.Time()})
	}
	return found, end, err
}

// at is history.At, with no time as no point.
func at(t time.Time) history.Point {
	if t.IsZero() {
		return history.Point{}
	}
	return history.At(t)
}
