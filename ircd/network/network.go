package network

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/link/local"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/push"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Network is the users and channels, and what can happen to them.
type Network struct {
	World   *state.World
	Clock   *event.Clock
	Link    link.Link // see LinkTo
	Log     *slog.Logger
	Markers Markers
	History history.Log   // nil: nothing is kept
	Push    *push.Service // nil: no devices are told of anything
	// UserModes are the modes of users; those of channels are World.Modes.
	UserModes *modes.Table

	Hooks Hooks // set before the first event

	config   atomic.Pointer[config.Config]
	language atomic.Pointer[lang.Catalogue] // of what everybody is told alike
	self     link.Server                    // what other servers know of this one
	boot     string                         // tells this run of the server from others
	ticket   atomic.Uint64
	promises promises
	changes  changes
	bounds   bounds
	aways    aways
	knocks   throttle
	asked    throttle
	typing   throttle
	floods   throttle
	skewed   throttle // servers that operators are told of
	notes    pace     // changes of metadata
	restless pace     // changes of nick, and invitations

	strangers strangers

	peers    peers
	ledger   ledger
	shifting shifting
	recent   recent
	settled  settlement
	// caughtUp means that what this server said before it was started last is here.
	caughtUp atomic.Bool
	// Guarded by the World's lock.
	passage *passage       // that is being told
	owed    []*event.Event // see conclude
}

// New returns a network without users, and without links.
func New(c *config.Config, w *state.World, clock *event.Clock, log *slog.Logger) *Network {
	n := &Network{World: w, Clock: clock, Link: local.Link{}, Log: log, UserModes: modes.User()}
	n.peers.all, n.peers.open = map[string]*peer{}, make(chan struct{})
	n.peers.ctx, n.peers.quit = context.WithCancel(context.Background())
	n.config.Store(c)
	return n
}

// Config returns the configuration, which is not to be modified.
func (n *Network) Config() *config.Config { return n.config.Load() }

// Configure replaces the configuration.
func (n *Network) Configure(c *config.Config) {
	old := n.config.Swap(c)
	if n.History != nil && old != nil {
		n.rebound(old, c)
	}
}

// Words returns a text as part of what happens, such as why somebody quits: it is
// told alike to everybody, on all servers and in history.
func (n *Network) Words(text lang.Text, args ...any) string {
	return n.language.Load().Sprintf(text, args...)
}

// Speak changes the language of what everybody is told alike.
func (n *Network) Speak(in *lang.Catalogue) { n.language.Store(in) }

// Name returns the name of this server.
func (n *Network) Name() string { return n.Config().Server.Name }

// An Actor is a user who makes a request, and the session it came from, which is
// nil if the user is connected to another server. Without a user, it is the
// server, or a service.
type Actor struct {
	*state.User
	Session *session.Session
	Service string // nick!user@host of a service that acts on somebody's behalf
	// Force means that the user acts as an operator of the network: what a channel
	// allows its members makes no difference.
	Force bool
}

// event returns an event of by, now. The facts are stamped with it.
func (n *Network) event(by Actor, body event.Body, facts ...event.Fact) *event.Event {
	return n.eventAt(n.Clock.Now(), by, body, facts...)
}

// eventAt is event for who has just read the time.
func (n *Network) eventAt(now time.Time, by Actor, body event.Body, facts ...event.Fact) *event.Event {
	e := &event.Event{Stamp: n.Clock.StampAt(now), Body: body, Facts: facts}
	for i := range facts {
		facts[i].At = e.Stamp
	}
	if by.User == nil {
		e.Source = n.source(by)
		return e
	}
	id := by.Identity()
	e.UID, e.Source, e.Account = by.UID(), id.Source(), id.Account
	e.Bot = id.Modes.Has(modes.Bot)
	if id.IsOper() && !id.Modes.Has(modes.HideOper) {
		e.Oper = id.Oper.Name
	}
	return e
}

// source returns nick!user@host of by, or the name of the server.
func (n *Network) source(by Actor) string {
	switch {
	case by.User != nil:
		return by.Source()
	case by.Service != "":
		return by.Service
	}
	return n.Name()
}

// fact returns a fact that is stamped by its event.
func fact(k event.Key, text string) event.Fact {
	return event.Fact{Key: k, Value: event.Value{Text: text}}
}

// noFact returns the fact that k is no longer so.
func noFact(k event.Key) event.Fact {
	return event.Fact{Key: k, Value: event.Value{Gone: true}}
}

func userKey(kind event.Kind, uid, a string) event.Key {
	return event.Key{Kind: kind, Scope: uid, A: a}
}

// message returns a message from the one who did e. The tags depend only on the
// event, so they are the same for all clients, on all servers and in history.
func message(e *event.Event, command string, params ...string) wire.Message {
	return messageIn(make(wire.Tags, 0, usualTags), e, command, params)
}

// usualTags is how many tags a message has at most that come from the event.
const usualTags = 5

// messageIn is message with room for the tags.
func messageIn(room wire.Tags, e *event.Event, command string, params []string) wire.Message {
	m := wire.Message{Source: e.Source, Command: command, Params: params}
	at, id := e.Texts()
	m.Tags = append(room, wire.Tag{Key: "time", Value: at}, wire.Tag{Key: "msgid", Value: id})
	if e.Account != "" {
		m.Tags = append(m.Tags, wire.Tag{Key: "account", Value: e.Account})
	}
	if e.Bot {
		m.Tags = append(m.Tags, wire.Tag{Key: "bot"})
	}
	if e.Oper != "" {
		m.Tags = append(m.Tags, wire.Tag{Key: "draft/oper", Value: e.Oper})
	}
	return m
}

// need returns a frame that only clients with these capabilities read.
func need(m wire.Message, has ...caps.Cap) *wire.Frame {
	return wire.Of(wire.Form{Needs: caps.Of(has...), Lines: []wire.Message{m}})
}

// Numeric returns a numeric reply to the client of this nick.
func (n *Network) Numeric(nick string, r numerics.Reply) wire.Message {
	p := make([]string, 0, len(r.Args)+2)
	p = append(append(p, nick), r.Args...)
	m := wire.Message{Source: n.Name(), Command: r.Command(), Params: p}
	switch last := r.Last(); {
	case last.Verbatim(): // the same in every language
		m.Params = append(p, said(last))
	case last.Text != "":
		m.Text = &last
	}
	return m
}

// said returns a phrase that needs no translation. Many clients count on it not to be
// empty.
func said(p lang.Phrase) string {
	if s := p.Args[0].(string); s != "" {
		return s
	}
	return " "
}

// tellUser sends a numeric to all sessions of u on this server.
func (n *Network) tellUser(u *state.User, r numerics.Reply) {
	if u.Local() {
		u.Deliver(wire.One(n.Numeric(u.Nick(), r)), nil)
	}
}

// deliver sends f to all sessions of by, to its own as a reply.
func (by Actor) deliver(f *wire.Frame) { by.User.Deliver(f, by.Session) }
