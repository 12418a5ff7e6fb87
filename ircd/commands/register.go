package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/profiles"
	"github.com/parley-irc/parley/ircd/state"
)

// register completes registration once the client has said all that it needs.
// https://modern.ircdocs.horse/#connection-registration
func register(r *dispatch.Request) error {
	g := r.Registration
	if g == nil || !g.Ready() {
		return nil
	}
	if r.Peer.STSOnly {
		return dispatch.Quit{Reason: "Connect with TLS instead: this port only says so"}
	}
	if reason, refused := r.Refused(); refused {
		return dispatch.Quit{Reason: "This server takes no new clients: %s", Words: []any{reason}}
	}
	cfg := r.Server.Config()
	if h := cfg.Server.Password; h != "" && !verify(r, h, g.Password) {
		r.Reply(numerics.PasswdMismatch.With())
		return dispatch.Quit{Reason: "Password incorrect"}
	}
	r.AbortSASL()
	if cfg.Accounts.Required && g.Account == "" {
		r.Fail(numerics.Fail{Command: "*", Code: "ACCOUNT_REQUIRED", Text: "Log in to an account to connect to this server"})
		return dispatch.Quit{Reason: "An account is required"}
	}
	version, err := r.MayConnect(identity(g))
	if err != nil {
		return err
	}
	if err := r.MayBe(identity(g)); err != nil {
		return err
	}
	if done, err := attach(r); done || err != nil {
		r.Connected(version)
		return err
	}
	if err := mayUseNick(r, g.Nick); err != nil {
		g.Nick = ""
		return err
	}
	c, err := newcomer(r)
	if err != nil {
		return err
	}
	missed := time.Time{}
	if g.Account != "" {
		missed = r.Missed(nil, g.Account)
	}
	u, err := r.Enter(func() (*state.User, error) { return r.Server.Network.Connect(r.Session, c) })
	if err != nil {
		g.Nick = ""
		return err
	}
	r.User = u
	r.Registered()
	welcome(r)
	r.Connected(version)
	r.AutoOper()
	r.Server.Protect(u)
	r.Arrive()
	replayTalks(r, missed)
	return r.SaveProfile(u, profiles.Change{Set: g.Metadata})
}

// attach makes the client one more session of the user whose nick it has asked for,
// if that is a user of the same account. done is false if there is none.
func attach(r *dispatch.Request) (done bool, err error) {
	g, n := r.Registration, r.Server.Network
	u := attachable(r, g.Nick)
	if u == nil {
		return false, nil
	}
	if !r.Peer.Secure && inTLSChannel(u) {
		g.Nick = ""
		return false, numerics.NickInUse.With(u.Nick()).Because("You are in a channel for TLS only; connect with TLS")
	}
	host, _ := g.Result()
	x := network.Arrival{Away: g.Away, Person: person(r, host)}
	if u.Identity().Person.Cloak != "" {
		x.Person.Cloak = r.Server.Cloak(r.Addr(), host)
	}
	var missed time.Time
	entered, err := r.Enter(func() (*state.User, error) {
		missed = r.Missed(u, g.Account)
		if n.Attach(r.Session, u, g.Account, x) {
			return u, nil
		}
		return nil, nil
	})
	if entered == nil {
		return false, err
	}
	n.PutUserNotes(network.Actor{User: u, Session: r.Session}, fitting(r, u, g.Metadata))
	attached(r, u, missed)
	return true, r.SaveProfile(u, profiles.Change{Set: g.Metadata})
}

// fitting returns those of notes that a user has room for.
func fitting(r *dispatch.Request, u *state.User, notes state.Metadata) (all state.Metadata) {
	now := u.Metadata()
	for _, note := range notes {
		if next := now.With(note.Key, note.Value); r.Server.Network.NotesFit(next, now) {
			now, all = next, append(all, note)
		}
	}
	return all
}

func inTLSChannel(u *state.User) bool {
	return slices.ContainsFunc(u.Memberships(), func(m *state.Member) bool { return m.Channel.Has(modes.TLSOnly) })
}

// attached shows a client that it is one more session of a user: the user's
// channels, as if it had joined them, and what was said since nobody was there.
func attached(r *dispatch.Request, u *state.User, missed time.Time) {
	r.User = u
	r.Registered()
	welcome(r)
	for _, m := range u.Memberships() {
		r.Server.Network.Replay(r.Actor(), m)
		greet(r, m.Channel)
		autoReplay(r, m.Channel, missed)
	}
	replayTalks(r, missed)
	r.AutoOper()
	r.Arrive()
}

// verify compares a password with a hash, which takes a while.
func verify(r *dispatch.Request, hash, password string) (ok bool) {
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	defer cancel()
	r.Aside(func() { ok = r.Server.Verify(ctx, hash, password) })
	return ok
}

// identity is the host and the username that a client will have.
func identity(g *dispatch.Registration) (host, ident string) {
	host, ident = g.Result()
	if ident == "" {
		ident = "~" + g.Ident
	}
	return host, ident
}

func newcomer(r *dispatch.Request) (network.Newcomer, error) {
	g, cfg := r.Registration, r.Server.Config()
	host, ident := identity(g)
	notes, err := r.LoadProfile(g.Account, g.Metadata)
	if err != nil {
		return network.Newcomer{}, err
	}
	c := network.Newcomer{
		Nick: g.Nick, Ident: ident, Realname: g.Realname, Host: host,
		Account: g.Account, Away: g.Away, Metadata: notes,
		Person: person(r, host),
	}
	c.Groups = r.Groups(host, ident)
	changes, _ := r.Server.Network.UserModes.Parse(strings.Fields(cfg.Users.DefaultModes), 8)
	for _, ch := range changes {
		if ch.Kind == modes.Flag && !ch.Fixed && !ch.Oper {
			c.Modes = c.Modes.With(ch.Letter, ch.Add)
		}
	}
	c.Modes = c.Modes.With(modes.Secure, r.Peer.Secure)
	if c.Modes = c.Modes.With(modes.Cloaked, c.Modes.Has(modes.Cloaked) && cfg.Cloak.Enabled); c.Modes.Has(modes.Cloaked) {
		c.Host = r.Server.Cloak(r.Addr(), host)
	}
	if given := r.Server.HostOf(g.Account); given != "" {
		c.Host, c.Person.Cloak = given, r.Server.Cloak(r.Addr(), host)
	}
	return c, nil
}

func person(r *dispatch.Request, host string) event.Person {
	place := r.Server.PlaceOf(r.Addr())
	return event.Person{
		RealHost: host, IP: r.RealAddr(), Server: r.Server.Name(),
		Secure: r.Peer.Secure, CertFP: r.Peer.CertFP, Country: place.Country, ASN: place.ASN,
	}
}

// welcome sends what every client reads first.
func welcome(r *dispatch.Request) {
	s, u := r.Server, r.User
	r.Reply(numerics.Welcome.With().Fmt(s.Config().Network.Name, u.Nick()))
	r.ReplyAlike("welcome", func() []numerics.Reply {
		return []numerics.Reply{
			numerics.YourHost.With().Fmt(s.Name(), s.Version),
			numerics.Created.With().Fmt(s.Started.UTC().Format(time.RFC1123)),
			numerics.MyInfo.With(s.Greeting().MyInfo...),
		}
	})
	sendISupport(r)
	if r.Session.Caps().HasAll(caps.Of(caps.Whoami, caps.ChgHost)) {
		r.FromMe("SETNAME", u.Realname())
	}
	if r.Has(caps.Persistence) && u.Account() != "" {
		r.ReplyPersistence()
	}
	if u.Has(modes.Cloaked) || u.Identity().Person.Cloak != "" {
		r.Reply(numerics.VisibleHost.With(u.Identity().Host))
	}
	sendLusers(r)
	metaWelcome(r)
	sendMOTD(r)
	if m := u.Identity().Modes; m != 0 {
		r.Reply(numerics.UModeIs.With("+" + m.String()))
	}
}

// sendISupport sends the tokens, in a batch to those who ask for it.
func sendISupport(r *dispatch.Request) {
	if r.Has(caps.ExtendedISupport) {
		ref := r.Session.StartBatch("draft/isupport")
		for _, reply := range isupportReplies(r) {
			m := r.Server.Network.Numeric(r.Name(), reply)
			r.Session.ReplyInBatch(ref, &m)
		}
		r.Session.EndBatch(ref)
		return
	}
	r.ReplyAlike("isupport", func() []numerics.Reply { return isupportReplies(r) })
}

func isupportReplies(r *dispatch.Request) (replies []numerics.Reply) {
	for _, line := range r.Server.Greeting().Tokens {
		replies = append(replies, numerics.ISupport.With(line...))
	}
	return replies
}
