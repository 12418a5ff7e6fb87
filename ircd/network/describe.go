package network

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// SetRealname changes a user's real name.
// https://ircv3.net/specs/extensions/setname
func (n *Network) SetRealname(by Actor, realname string) {
	defer n.report()
	_ = n.World.Update(func(tx *state.Tx) error {
		b := event.RealnameChanged{Realname: realname}
		n.announce(tx, by, b, fact(userKey(event.Realname, by.UID(), ""), realname))
		return nil
	})
}

func (n *Network) applyRealname(tx *state.Tx, by Actor, e *event.Event, b event.RealnameChanged) {
	if !n.mergeUser(tx, by, e) {
		return
	}
	n.tellRealname(tx, by, e, b.Realname)
}

func (n *Network) tellRealname(tx *state.Tx, by Actor, e *event.Event, realname string) {
	n.noteChange(by.User, false)
	m := message(e, "SETNAME", realname)
	by.deliver(need(m, caps.SetName))
	n.tellFollowers(tx, by, m, caps.SetName)
}

// SetAccount logs a user in to an account or, with "", out: one who stays without
// clients is gone then.
// https://ircv3.net/specs/extensions/account-notify
func (n *Network) SetAccount(by Actor, account string) {
	defer n.report()
	before := by.Account()
	_ = n.World.Update(func(tx *state.Tx) error {
		if by.Account() == account {
			return nil
		}
		n.stay(tx, by.User, false, n.Words("Logged out"))
		if tx.ByUID(by.UID()) == nil {
			return nil
		}
		if by.Account() != "" {
			n.leaveNotes(tx, by.User)
		}
		b := event.AccountChanged{Account: account}
		f := fact(userKey(event.Account, by.UID(), ""), account)
		f.Gone = account == ""
		n.announce(tx, by, b, f)
		return nil
	})
	if n.Hooks.Logged != nil {
		n.Hooks.Logged(by, before)
	}
}

func (n *Network) applyAccount(tx *state.Tx, by Actor, e *event.Event, b event.AccountChanged) {
	before := ""
	if by.User != nil {
		before = by.Account()
	}
	if !n.mergeUser(tx, by, e) || by.Account() == before {
		return
	}
	n.tellAccount(tx, by, e, b.Account)
}

func (n *Network) tellAccount(tx *state.Tx, by Actor, e *event.Event, account string) {
	n.noteChange(by.User, false)
	if account == "" {
		account = "*"
	}
	m := message(e, "ACCOUNT", account)
	by.deliver(need(m, caps.AccountNotify))
	n.tellFollowers(tx, by, m, caps.AccountNotify)
}

// SetHost changes the ident and the host that others see. If the host is not the
// user's own, cloak is the one that it hides, which bans go on to match.
// https://ircv3.net/specs/extensions/chghost
func (n *Network) SetHost(by Actor, ident, host, cloak string) {
	defer n.report()
	_ = n.World.Update(func(tx *state.Tx) error {
		id := by.Identity()
		if id.Ident == ident && id.Host == host && id.Person.Cloak == cloak || tx.ByUID(by.UID()) != by.User {
			return nil
		}
		facts := []event.Fact{
			fact(userKey(event.Ident, by.UID(), ""), ident),
			fact(userKey(event.Host, by.UID(), ""), host),
		}
		if person := *id.Person; person.Cloak != cloak {
			person.Cloak = cloak
			facts = append(facts, fact(userKey(event.About, by.UID(), ""), event.Pack(person)))
		}
		n.announce(tx, by, event.HostChanged{Ident: ident, Host: host}, facts...)
		return nil
	})
}

// applyHost tells clients without chghost that the user left and came back.
func (n *Network) applyHost(tx *state.Tx, by Actor, e *event.Event, b event.HostChanged) {
	old := ""
	if by.User != nil {
		old = by.Source()
	}
	if !n.mergeUser(tx, by, e) || old == by.Source() {
		return
	}
	n.tellHost(tx, by, e, old, b)
}

func (n *Network) tellHost(tx *state.Tx, by Actor, e *event.Event, old string, b event.HostChanged) {
	n.noteChange(by.User, false)
	m := message(e, "CHGHOST", b.Ident, b.Host)
	m.Source = old
	by.deliver(need(m, caps.ChgHost))
	n.tellFollowers(tx, by, m, caps.ChgHost)
	quit := message(e, "QUIT", "Changing host")
	quit.Source = old
	q := wire.Of(wire.Form{Without: caps.Of(caps.ChgHost), Lines: []wire.Message{quit}})
	for _, u := range tx.Peers(by.User) {
		u.Deliver(q, nil)
	}
	for _, m := range by.Memberships() {
		_ = m.Channel.Update(func(cx state.ChannelTx) error { n.tellReturn(cx, m, e); return nil })
	}
}

// tellReturn shows a member to clients that have just been told of a QUIT.
func (n *Network) tellReturn(cx state.ChannelTx, m *state.Member, e *event.Event) {
	join := message(e, "JOIN", cx.Name())
	join.Source = m.Source()
	account := m.Account()
	if account == "" {
		account = "*"
	}
	long := join
	long.Params = []string{cx.Name(), account, m.Realname()}
	lines := func(first wire.Message) []wire.Message {
		all := []wire.Message{first}
		if s := m.Status().String(); s != "" {
			params := []string{cx.Name(), "+" + s}
			for range s {
				params = append(params, m.Nick())
			}
			all = append(all, wire.Message{Tags: join.Tags[:1], Source: n.Name(), Command: "MODE", Params: params})
		}
		return all
	}
	without := caps.Of(caps.ChgHost)
	f := wire.Of(
		wire.Form{Needs: caps.Of(caps.ExtendedJoin), Without: without, Lines: lines(long)},
		wire.Form{Without: without, Lines: lines(join)})
	cx.BroadcastTo(func(o *state.Member) bool { return o != m && cx.View().Sees(o.User, m) }, f, nil)
}

// ChangeUserModes changes modes of u, which the caller has checked, in the name of
// by. Whoever is an operator no more is none in any way.
func (n *Network) ChangeUserModes(by Actor, u *state.User, changes []modes.Change) {
	_ = n.World.Update(func(tx *state.Tx) error {
		b := event.UserModeChanged{Target: u.UID()}
		var facts []event.Fact
		for _, c := range changes {
			if u.Has(c.Letter) == c.Add && (!c.Add || u.Identity().Snomask == c.Param || c.Letter != modes.ServerNotices) {
				continue
			}
			f := fact(userKey(event.UserMode, u.UID(), string(c.Letter)), c.Param)
			f.Gone = !c.Add
			facts = append(facts, f)
			b.Changes = append(b.Changes, event.Change{Add: c.Add, Letter: c.Letter, Param: c.Param})
			if c.Letter == modes.Oper && !c.Add {
				facts = append(facts, noFact(userKey(event.Oper, u.UID(), "")))
			}
		}
		if len(facts) > 0 && tx.ByUID(u.UID()) == u {
			n.announce(tx, by, b, facts...)
		}
		return nil
	})
}

// MakeOper makes a user an operator, or another one.
func (n *Network) MakeOper(by Actor, title event.OperTitle) {
	_ = n.World.Update(func(tx *state.Tx) error {
		named := fact(userKey(event.Oper, by.UID(), ""), event.Pack(title))
		if by.Has(modes.Oper) {
			n.announce(tx, by, event.Listed{}, named)
			return nil
		}
		b := event.UserModeChanged{Target: by.UID(), Changes: []event.Change{{Add: true, Letter: modes.Oper}}}
		n.announce(tx, by, b, fact(userKey(event.UserMode, by.UID(), string(rune(modes.Oper))), ""), named)
		return nil
	})
}

func (n *Network) applyUserMode(tx *state.Tx, by Actor, e *event.Event, b event.UserModeChanged) {
	won := false
	for _, f := range e.Facts {
		won = tx.Merge(f) || won
	}
	target := tx.ByUID(b.Target)
	if target == nil || !won {
		return
	}
	params := append([]string{target.Nick()}, modeWords(b.Changes)...)
	target.Deliver(wire.One(message(e, "MODE", params...)), by.Session)
}

// SetGroups says in which security groups a user is from now on.
func (n *Network) SetGroups(u *state.User, groups string) {
	defer n.report()
	_ = n.World.Update(func(tx *state.Tx) error {
		p := *u.Identity().Person
		if tx.ByUID(u.UID()) != u || p.Groups == groups {
			return nil
		}
		p.Groups = groups
		n.announce(tx, Actor{User: u}, event.Listed{}, fact(userKey(event.About, u.UID(), ""), event.Pack(p)))
		n.noteChange(u, false)
		return nil
	})
}

// Remember changes a list of the user's own, such as SILENCE, by facts about it.
func (n *Network) Remember(by Actor, kind event.Kind, what string, add bool) {
	_ = n.World.Update(func(tx *state.Tx) error {
		f := fact(userKey(kind, by.UID(), what), "")
		f.Gone = !add
		n.announce(tx, by, event.Listed{}, f)
		return nil
	})
}
