package network

import (
	"context"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

// A Buffer is a part of the history that somebody may read.
type Buffer struct {
	Name string // as package history has it
	// Target is what clients call it: a channel, or somebody's nick.
	Target string
	// Asked is the Target of a channel, and the nick as the client has written it of
	// a user, which is what clients know the answer by.
	Asked string
	// Since is the first event that may be read, Until the first that is too late;
	// zero is no bound.
	Since, Until event.Stamp

	reader *state.User
}

// ErrUnreadable is the answer to who may not read a target's history, or if there
// is no such target: nobody can tell which.
var ErrUnreadable = numerics.Fail{Code: "INVALID_TARGET", Text: "Messages could not be retrieved"}

// Readable returns the history that u may read as the target's. A channel is read
// by its members, a conversation by the two.
func (n *Network) Readable(u *state.User, target string) (Buffer, error) {
	if n.History == nil {
		return Buffer{}, ErrUnreadable
	}
	if !casemap.IsChannel(target) {
		return n.conversation(u, target)
	}
	ch := n.World.Channel(target)
	if ch == nil {
		return Buffer{}, ErrUnreadable
	}
	b, err := Buffer{Name: string(ch.Key()), Target: ch.Name(), Asked: ch.Name(), reader: u}, error(ErrUnreadable)
	ch.View(func(v state.View) {
		m := v.Member(u)
		if m == nil {
			return
		}
		err = nil
		n.bound(v, ch)
		b.Since = later(n.since(m), v.Epoch())
		if !n.Config().History.ReadBanned {
			b.Until = v.BannedSince(u, n.Clock.Now())
		}
	})
	return b, err
}

func later(a, b event.Stamp) event.Stamp {
	if b.After(a) {
		return b
	}
	return a
}

// since returns from when on a member may read what was said in the channel.
func (n *Network) since(m *state.Member) event.Stamp {
	switch _, cutoff := n.ChannelPolicy(m.Channel); cutoff {
	case "join":
		return m.JoinStamp()
	case "registration":
		if a := m.Account(); a != "" && n.Hooks.Registered != nil {
			if since := n.Hooks.Registered(a); !since.IsZero() {
				return event.At(since)
			}
		}
		return m.JoinStamp()
	}
	return event.Stamp{}
}

// maxIdentity is how long the nick or the account of the other one may be.
const maxIdentity = 200

func (n *Network) conversation(u *state.User, nick string) (Buffer, error) {
	if !n.World.Mapping.ValidNick(nick, maxIdentity) {
		return Buffer{}, ErrUnreadable
	}
	b, me := Buffer{Target: nick, Asked: nick, reader: u}, n.Identity(u)
	if o := n.World.User(nick); o != nil {
		b.Name, b.Target = history.Conversation(me, n.Identity(o)), o.Nick()
		return b, nil
	}
	// Who is not there is called by the account, or by the nick last used.
	folded := n.World.Mapping.Fold(nick)
	b.Name = history.Conversation(me, string(folded))
	for _, t := range n.conversations(u) {
		if t.Buffer == b.Name {
			return b, nil
		}
		if n.World.Mapping.Fold(n.lastNick(u, t)) == folded {
			b.Name = t.Buffer
		}
	}
	return b, nil
}

// conversations returns those of u, by their latest messages.
func (n *Network) conversations(u *state.User) []history.Target {
	const all = 1 << 30
	found, err := n.History.Targets(context.Background(), history.TargetsQuery{Of: n.Identity(u), Limit: all, Keep: heardBy(u)})
	if err != nil {
		n.Log.Warn("conversations are not found", "error", err)
	}
	return found
}

// scope returns what of the history the buffer is.
func (b Buffer) scope() history.Scope {
	return history.Scope{Buffer: b.Name, Since: b.Since, Until: b.Until}
}

// shows reports whether the reader may read an event of the buffer.
func (b Buffer) shows(e *event.Event) bool {
	if b.Since.After(e.Stamp) || !b.Until.IsZero() && !b.Until.After(e.Stamp) {
		return false
	}
	return heardBy(b.reader)("", e)
}

// heardBy returns what decides whether u has heard, or said, an event of a buffer that u
// may read.
func heardBy(u *state.User) func(buffer string, e *event.Event) bool {
	return func(_ string, e *event.Event) bool {
		switch b := e.Body.(type) {
		case event.MessageSent:
			return !b.OpsOnly || isAuthor(u, e)
		case event.Redacted: // who is not to know of the message does not know of this
			return b.To != "" || casemap.IsChannel(b.Target) || isAuthor(u, e)
		}
		return true
	}
}

// isAuthor reports whether u did e, or another user of the same account.
func isAuthor(u *state.User, e *event.Event) bool {
	return e.UID == u.UID() || e.Account != "" && e.Account == u.Account()
}

// partner returns the nick of the other one in a conversation or, if somebody else
// has it now, the account.
func (n *Network) partner(u *state.User, t history.Target) string {
	other, _ := history.Other(t.Buffer, n.Identity(u))
	if o := n.withIdentity(other); o != nil {
		return o.Nick()
	}
	nick := n.lastNick(u, t)
	if n.World.User(nick) != nil {
		return other
	}
	return nick
}

// withIdentity returns a user of that Identity who is online, nil if none is easily
// found.
func (n *Network) withIdentity(identity string) *state.User {
	if uid, guest := strings.CutPrefix(identity, "="); guest {
		return n.World.ByUID(uid)
	}
	if o := n.World.Resident(identity); o != nil {
		return o
	}
	if o := n.World.User(identity); o != nil && n.Identity(o) == identity {
		return o
	}
	return nil
}

// lastNick returns the nick that the other one in a conversation had when they
// talked last.
func (n *Network) lastNick(u *state.User, t history.Target) string {
	m, _ := t.Latest.Body.(event.MessageSent)
	if isAuthor(u, t.Latest) {
		return m.Target
	}
	nick, _, _ := strings.Cut(t.Latest.Source, "!")
	return nick
}
