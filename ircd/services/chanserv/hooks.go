package chanserv

import (
	"context"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A watch is what ChanServ does by itself.
type watch struct{ *dispatch.Server }

// Attach lets ChanServ look after the channels of a server. Those that are kept are
// known from then on.
func Attach(s *dispatch.Server) {
	w := watch{s}
	h := &s.Network.Hooks
	h.Keep, h.Hold, h.Admit, h.Joined = s.Keep, s.Hold, w.admit, w.joined
	s.LoggedIn = append(s.LoggedIn, w.loggedIn)
	h.Locked = func(ch *state.Channel) []modes.Change { return lockOf(s, s.Channels.Lookup(ch.Name())) }
	s.Channels.OnChange(w.choose)
	for _, rec := range s.Channels.All() {
		w.choose(rec.Name, rec)
		w.restore(rec)
	}
	h.MayHave, h.MayTopic = w.mayHave, w.mayTopic
	if s.Accounts != nil {
		s.Accounts.OnChange(w.accountChanged)
		s.Chores = append(s.Chores, w.expire)
		go w.tidy()
	}
}

// choose makes known what the founder of a channel has chosen for its history.
func (w watch) choose(name string, rec *chanreg.Record) {
	if !rec.Registered() {
		rec = nil
	}
	w.Network.Choose(name, network.Choice{Keep: rec.Setting("history"), Cutoff: rec.Setting("cutoff")})
}

// restore makes a channel known. A server that was killed while the channel was being
// registered has not marked it.
func (w watch) restore(rec *chanreg.Record) {
	if rec.Forbidden != nil || !rec.Registered() && len(rec.Facts) == 0 {
		return
	}
	ch := w.Network.Restore(rec.Name, rec.Incarnation, rec.Facts)
	if rec.Registered() && !ch.Has(modes.Registered) {
		w.Network.MarkRegistered(network.Actor{Service: Service.Source()}, ch, true)
	}
}

// admit refuses those whom a registration keeps out. Operators of the network who may
// change it are never kept out.
func (w watch) admit(u *state.User, name string, ch *state.Channel) error {
	if ch != nil && isMember(ch, u) || w.overrides(u) {
		return nil
	}
	rec, now := w.Channels.Lookup(name), w.Now()
	if d := rec.Closed(now); d != nil {
		return numerics.Unavailable.With(name).Because("This channel is closed: %s", ruled(d))
	}
	if ch == nil {
		return w.mayCreate(u, name)
	}
	if !rec.Registered() || flagsOf(w.Server, rec, u.Account()) != "" {
		return nil
	}
	if a := w.Channels.Akicked(name, u, now); a != nil {
		return numerics.BannedFromChan.With(name).Because("Cannot join channel (ChanServ): %s", akickText(a.Reason))
	}
	if rec.On("restricted") && !invited(ch, u) {
		return numerics.InviteOnlyChan.With(name).Because("Cannot join channel (ChanServ): only those with access may join")
	}
	return nil
}

func ruled(d *chanreg.Ruling) lang.Phrase {
	if d.Reason == "" {
		return lang.Text("ask the operators of the network").With()
	}
	return lang.Verbatim.With(d.Reason)
}

func invited(ch *state.Channel, u *state.User) (is bool) {
	ch.View(func(v state.View) { is = v.Invited(u) })
	return is
}

func (w watch) overrides(u *state.User) bool {
	o := u.Identity().Oper
	return o != nil && privs.Of(o.Privileges).Has(privs.Channels)
}

// mayCreate refuses names of new channels that belong to others, or look so.
func (w watch) mayCreate(u *state.User, name string) error {
	if other := w.Channels.Lookalike(name); other != nil {
		return numerics.Unavailable.With(name).Because("This name looks like that of a channel which is registered")
	}
	if p := namespace(w.Server, name); p != nil && flagsOf(w.Server, p, u.Account()) == "" {
		return numerics.Unavailable.With(name).Because("Channels that begin with %[1]s- are for those with access to %[1]s", p.Name)
	}
	if owner := prefixOwner(w.Server, name); owner != "" && !w.Network.World.Mapping.Equal(owner, u.Account()) {
		return numerics.Unavailable.With(name).Because("Channels that begin with #%[1]s- are for the account %[1]s", owner)
	}
	return nil
}

// joined gives who has joined the status of their flags, and greets them.
func (w watch) joined(by network.Actor, ch *state.Channel) {
	rec := w.Channels.Lookup(ch.Name())
	if !rec.Registered() {
		return
	}
	if rec.Setting("keeptopic") == "off" && ch.Count() == 1 && hasTopic(ch) {
		_ = w.Network.SetTopic(w.actor(by), ch, "", true) // refused to nobody
	}
	if flagsOf(w.Server, rec, by.Account()) != "" {
		w.used(rec)
	}
	w.grant(by, rec, ch)
	if text := rec.Setting("entrymsg"); text != "" && by.User.Local() {
		by.User.Deliver(wire.One(wire.Message{
			Source: Service.Source(), Command: "NOTICE", Params: []string{by.Nick(), "[" + rec.Name + "] " + text},
		}), by.Session)
	}
}

func hasTopic(ch *state.Channel) (has bool) {
	ch.View(func(v state.View) { has = v.Topic().Text != "" })
	return has
}

// actor is ChanServ on behalf of somebody.
func (w watch) actor(by network.Actor) network.Actor {
	return network.Actor{Service: Service.Source(), Session: by.Session}
}

// grant gives a member the status of their flags.
func (w watch) grant(by network.Actor, rec *chanreg.Record, ch *state.Channel) {
	letter := flagsOf(w.Server, rec, by.Account()).Status()
	if letter == 0 || rec.Setting("autoop") == "off" {
		return
	}
	change := []modes.Change{mode(w.Server, letter, true, by.Nick())}
	w.Network.ChangeModes(w.actor(by), ch, change, true)
}

// loggedIn gives a user who is known by an account from now on what that has in the
// channels where the user is already.
func (w watch) loggedIn(by network.Actor) {
	for _, m := range by.Memberships() {
		if rec := w.Channels.Lookup(m.Channel.Name()); rec.Registered() {
			w.grant(by, rec, m.Channel)
		}
	}
}

// enthrone gives the new founder of a channel the status.
func (w watch) enthrone(rec *chanreg.Record) {
	if rec = w.Channels.Lookup(rec.Name); !rec.Registered() {
		return
	}
	for _, m := range members(present(w.Server, rec)) {
		if m.Account() != "" && w.Network.World.Mapping.Equal(m.Account(), rec.Founder) {
			w.grant(network.Actor{User: m.User}, rec, m.Channel)
		}
	}
}

// mayHave refuses a status for those whose flags do not bring it, if the founder wants
// that.
func (w watch) mayHave(u *state.User, ch *state.Channel, letter byte) error {
	rec := w.Channels.Lookup(ch.Name())
	if letter == modes.Voice || !rec.Registered() || !rec.On("secureops") || entitled(flagsOf(w.Server, rec, u.Account()), letter) {
		return nil
	}
	return numerics.ChanOpNeeded.With(ch.Name()).Because("Only those whose flags say so can have a status here (ChanServ)")
}

// entitled reports whether flags bring a status, or the right to give it.
func entitled(flags chanreg.Flags, letter byte) bool {
	for _, higher := range statuses {
		if auto := chanreg.ForStatus(higher); auto != 0 && flags.Has(auto) || flags.Has(rightTo[higher]) {
			return true
		}
		if higher == letter {
			return false
		}
	}
	return false
}

// rightTo are the flags by which a status may be given and taken.
var rightTo = map[byte]rune{
	modes.Founder: chanreg.Founder, modes.Admin: chanreg.Admin, modes.Operator: chanreg.Op,
	modes.HalfOp: chanreg.HalfOp, modes.Voice: chanreg.Voice,
}

// mayTopic refuses the topic to those who do not have the flag, if the founder wants that.
func (w watch) mayTopic(u *state.User, ch *state.Channel) error {
	rec := w.Channels.Lookup(ch.Name())
	if !rec.Registered() || !rec.On("topiclock") || flagsOf(w.Server, rec, u.Account()).Has(chanreg.Topic) {
		return nil
	}
	return numerics.ChanOpNeeded.With(ch.Name()).Because("The topic is locked: it takes the flag t (ChanServ)")
}

// lockOf returns the modes of a channel that are locked.
func lockOf(s *dispatch.Server, rec *chanreg.Record) []modes.Change {
	lock := rec.Setting("mlock")
	if lock == "" {
		return nil
	}
	changes, _ := s.Network.World.Modes.Parse(strings.Fields(lock), mostLocked)
	return changes
}

// enforce sets the modes of a channel as they are locked.
func enforce(r *dispatch.Request, name string) {
	rec := r.Server.Channels.Lookup(name)
	inPieces(r, present(r.Server, rec), lockOf(r.Server, rec))
}

// within is how long it may take to let go of an account.
const within = 10 * time.Second

// accountChanged takes from the channels what an account had that is removed. The
// account's name can be another's soon.
func (w watch) accountChanged(old, next *accounts.Account) {
	if old == nil || next != nil || w.Accounts.Successor(old) != nil {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		inherit(ctx, w.Server, old.Name)
	}()
}
