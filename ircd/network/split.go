package network

import (
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// When a server is out of reach, its users leave, but for those who are somewhere else
// as well; when it is reached again, they are back where they were. Ten thousand of
// them are many at once: they go a few at a time, and chat goes on in between.

// introduce notes who a server is. If it is another run of it than was known, those
// who were connected to the earlier one are gone.
func (n *Network) introduce(p *peer) {
	n.peers.telling.Lock()
	defer n.peers.telling.Unlock()
	s, news := p.info(), false
	_ = n.World.Update(func(tx *state.Tx) error {
		if news = tx.MergeNetwork(serverFact(s)); news {
			tx.Run(s.Name, s.Boot)
			tx.Reach(s.Name, false)
			p.inReach = false
		}
		return nil
	})
	if news {
		n.transitAll("netsplit", s.Name, p.heardUntil())
	}
}

// part lets the users of a server leave, unless it is up again.
func (n *Network) part(p *peer, epoch int) {
	n.peers.telling.Lock()
	defer n.peers.telling.Unlock()
	if !p.inReach || !p.is(epoch, away) && !p.is(epoch, met) {
		return
	}
	p.inReach = false
	n.reach(p.name(), false)
	n.transitAll("netsplit", p.name(), p.heardUntil())
	n.peers.doubt.Store(true)
}

// rejoin lets the users of a server return.
func (n *Network) rejoin(p *peer) {
	n.peers.telling.Lock()
	defer n.peers.telling.Unlock()
	if p.inReach {
		return
	}
	p.inReach = true
	n.reach(p.name(), true)
	n.transitAll("netjoin", p.name(), time.Time{})
}

func (n *Network) isInReach(p *peer) bool {
	n.peers.telling.Lock()
	defer n.peers.telling.Unlock()
	return p.inReach
}

func (n *Network) reach(name string, on bool) {
	_ = n.World.Update(func(tx *state.Tx) error { tx.Reach(name, on); return nil })
}

// A passage is a crowd that leaves or returns together. Clients that know of batches
// are told in one. https://ircv3.net/specs/batches/netsplit
type passage struct {
	number uint64
	kind   string // netsplit or netjoin
	here   string // the two servers
	there  string
	ref    string
	begun  []*session.Session
	until  time.Time // of a netsplit: when the server was heard
}

// At most so many users come or go before others have their turn, or as many as do
// within that time.
const (
	fewUsers = 32
	briefly  = 2 * time.Millisecond
)

// transitAll makes the view follow where the users of a server are now.
func (n *Network) transitAll(kind, server string, until time.Time) {
	defer n.report()
	n.peers.passages++
	// References to batches of messages begin with a digit, those of sessions with a
	// small letter.
	p := &passage{
		number: n.peers.passages, kind: kind, here: n.Name(), there: server, until: until,
		ref: "N" + strconv.FormatUint(n.peers.passages, 36),
	}
	for users := n.World.On(server); len(users) > 0; runtime.Gosched() {
		_ = n.World.Update(func(tx *state.Tx) error {
			start := time.Now()
			for i := 0; len(users) > 0 && i < fewUsers && time.Since(start) < briefly; i++ {
				n.transit(tx, p, users[0])
				users = users[1:]
			}
			n.unite(tx)
			n.conclude(nil)
			return nil
		})
	}
	end := need(wire.Message{Source: n.Name(), Command: "BATCH", Params: []string{"-" + p.ref}}, caps.Batch)
	for _, s := range p.begun {
		s.Send(end)
	}
}

// transit makes the view follow where a user is now, and tells it as a part of p, which
// may be nil.
func (n *Network) transit(tx *state.Tx, p *passage, u *state.User) {
	is, will, lives := tx.Fate(u)
	var before *shown
	if is {
		before = showing(u)
	}
	if is && !will {
		quit := message(n.event(Actor{User: u}, nil), "QUIT", p.reason(n))
		f := p.within(wire.Form{Lines: []wire.Message{quit}})
		for _, o := range tx.Peers(u) {
			p.send(tx, o, f)
		}
	}
	n.passage = p
	tx.Settle(u)
	n.settle(tx)
	n.passage = nil
	switch {
	case is && will:
		p.leaveBehind(tx, u)
		n.tellChanges(tx, u, before)
	case is:
		tx.Depart(before.Identity, n.Clock.Now())
		n.tellWatchers(tx, before.Nick, numerics.MonOffline.With().Fmt(before.Nick))
	case tx.ByUID(u.UID()) == u:
		n.tellArrival(tx, u)
	}
	if !lives {
		n.forgetGuest(u.UID())
	}
}

// leaveBehind notes of one who stays without a client since when that is so: what is said
// from then on is what the next client has missed.
func (p *passage) leaveBehind(tx *state.Tx, u *state.User) {
	if p == nil || p.until.IsZero() || slices.ContainsFunc(tx.Servers(u), func(s string) bool { return s != state.Everywhere }) {
		return
	}
	if p.until.After(u.Seen()) {
		u.See(p.until)
	}
}

// reason is why users quit in a split: the names of the two servers, by which clients
// know it.
func (p *passage) reason(n *Network) string {
	if p == nil {
		return n.Words("Connection closed")
	}
	return p.here + " " + p.there
}

// returning shows members that one of former times is back, with the statuses of then.
func (n *Network) returning(tx *state.Tx, cx state.ChannelTx, f event.Fact, join func() *state.Member) {
	n.settle(tx)
	var before *picture
	if len(cx.Members()) > 0 && tx.Outranks(f.Incarnation, cx) {
		before = n.picture(cx)
	}
	m := join()
	if before != nil {
		before.status[m.UID()] = m.Status()
	}
	e := n.event(Actor{User: m.User}, nil)
	var forms []wire.Form
	for _, form := range n.joinForms(e, m.User, cx.Name()) {
		if s := m.Status().String(); s != "" {
			params := []string{cx.Name(), "+" + s}
			for range s {
				params = append(params, m.Nick())
			}
			mode := wire.Message{Tags: message(e, "MODE").Tags[:1], Source: n.Name(), Command: "MODE", Params: params}
			form.Lines = append(form.Lines[:len(form.Lines):len(form.Lines)], mode)
		}
		forms = append(forms, form)
	}
	frame := n.passage.within(forms...)
	for _, o := range cx.Members() {
		if o != m && o.Local() && cx.View().Sees(o.User, m) {
			n.passage.send(tx, o.User, frame)
		}
	}
	n.tellNotes(cx, m)
	n.tellDifference(cx, before)
}

// within returns a frame that is read as a part of the passage.
func (p *passage) within(forms ...wire.Form) *wire.Frame {
	if p == nil {
		return wire.Of(forms...)
	}
	var all []wire.Form
	for _, f := range forms {
		in := wire.Form{Needs: f.Needs.With(caps.Batch), Without: f.Without}
		for _, m := range f.Lines {
			m.Tags = append(m.Tags[:len(m.Tags):len(m.Tags)], wire.Tag{Key: "batch", Value: p.ref})
			in.Lines = append(in.Lines, m)
		}
		all = append(all, in, f)
	}
	return wire.Of(all...)
}

// send sends a user's sessions a frame of the passage, after its beginning.
func (p *passage) send(tx *state.Tx, u *state.User, f *wire.Frame) {
	if p == nil {
		u.Deliver(f, nil)
		return
	}
	if fresh := tx.Fresh(u, p.number); len(fresh) > 0 {
		begin := need(wire.Message{Source: p.here, Command: "BATCH", Params: []string{"+" + p.ref, p.kind, p.here, p.there}}, caps.Batch)
		for _, s := range fresh {
			s.Send(begin)
		}
		p.begun = append(p.begun, fresh...)
	}
	u.Deliver(f, nil)
}
