package writer

import (
	"context"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/transfer"
)

// A Historian adds what was said elsewhere to the history. Its accounts and channels have
// been imported before.
type Historian struct {
	Options
	accounts *accounts.Service
	sink     *transfer.Sink
	ids      map[string]string // of messages, by what they were called there
	// Added and There count what is kept now, and what was kept already or is more than
	// the history may have; Strange what belongs to nobody here.
	Added, There, Strange int
}

// NewHistorian returns a Historian. Close must follow.
func NewHistorian(ctx context.Context, o Options, to history.Log) (*Historian, error) {
	a, err := accounts.Open(ctx, o.Store, o.Accounts)
	if err != nil {
		return nil, err
	}
	return &Historian{Options: o, accounts: a, sink: &transfer.Sink{Data: transfer.Data{History: to}}, ids: map[string]string{}}, nil
}

// Close makes durable what is not.
func (h *Historian) Close(ctx context.Context) error {
	defer h.accounts.Close()
	return h.sink.Finish(ctx)
}

// Add adds something. The same thing is not added twice.
func (h *Historian) Add(ctx context.Context, s *migrate.Said) error {
	buffer := h.buffer(s)
	if buffer == "" || s.At.UnixMilli() <= 0 || s.At.After(time.Now()) {
		h.Strange++
		return nil
	}
	const more = 1<<16 - 1 // within a millisecond
	e := &event.Event{
		Stamp:  event.Stamp{Ticks: event.At(s.At).Ticks | uint64(s.Seq&more), Server: h.SID},
		Source: setter(s.Source), Account: h.author(s), Bot: s.Bot, Body: s.Body,
	}
	if m, ok := e.Body.(event.MessageSent); ok {
		m.Target = spokenTo(h.Accounts.Names, s)
		if id := h.ids[s.ReplyTo]; id != "" {
			m.Tags = append(m.Tags, event.Tag{Key: "+draft/reply", Value: id})
		}
		if s.MsgID != "" {
			h.ids[s.MsgID] = e.ID()
		}
		e.Body = m
	}
	if h.has(buffer, e) {
		h.There++
		return nil
	}
	err := h.sink.Event(ctx, buffer, e)
	if h.has(buffer, e) {
		h.Added++
	} else {
		h.There++ // the bounds of the history leave no room for it
	}
	return err
}

func (h *Historian) has(buffer string, e *event.Event) bool {
	_, err := h.sink.History.Get(buffer, e.ID())
	return err == nil
}

// buffer returns where something is kept, "" if it belongs to nobody here.
func (h *Historian) buffer(s *migrate.Said) string {
	names := h.Accounts.Names
	if s.With == "" {
		if !names.ValidChannel(s.Target, h.Config.Limits.ChannelLength) {
			return ""
		}
		return string(names.Fold(s.Target))
	}
	one, other := h.accounts.Lookup(s.Target), h.accounts.Lookup(s.With)
	if one == nil || other == nil || one.Created.After(s.At) || other.Created.After(s.At) {
		return ""
	}
	return history.Conversation(string(one.Folded), string(other.Folded))
}

// author returns the account of who has said something, if it is the same one: who has
// its name now must not be able to delete what somebody else has said.
func (h *Historian) author(s *migrate.Said) string {
	nick, _, _ := strings.Cut(s.Source, "!")
	if s.Account == "" || casemap.IsChannel(nick) {
		return ""
	}
	if a := h.accounts.Lookup(s.Account); a != nil && !a.Created.After(s.At) {
		return a.Name
	}
	return ""
}

// spokenTo returns what a message was sent to: of the two in a conversation the one who has
// not sent it.
func spokenTo(names casemap.Mapping, s *migrate.Said) string {
	nick, _, _ := strings.Cut(s.Source, "!")
	if s.With == "" || names.Equal(nick, s.With) {
		return s.Target
	}
	return s.With
}
