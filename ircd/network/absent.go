package network

import (
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/push"
	"github.com/parley-irc/parley/ircd/state"
)

// absent stands for the UID of somebody who is not online.
const absent = "*"

// UserOf returns a user of an account, whatever nick they have, or nil.
func (n *Network) UserOf(account string) *state.User {
	if u := n.World.Resident(account); u != nil {
		return u
	}
	for _, u := range n.World.Users() {
		if n.World.Mapping.Equal(u.Account(), account) {
			return u
		}
	}
	return nil
}

// TellAbsent keeps a message to the owner of an account who is not online, to be read
// later. ok is false if it cannot be: nothing is kept, or by has no account, so that what
// by says in private ends when by leaves.
func (n *Network) TellAbsent(by Actor, account string, b event.MessageSent) (ok bool) {
	if n.History == nil || by.Account() == "" || !keeps(b) {
		return false
	}
	buffer := history.Conversation(n.Identity(by.User), string(n.World.Mapping.Fold(account)))
	if !n.boundTalk(buffer, by.Account(), account) {
		return false
	}
	b.Target, b.To = account, absent
	fit(by, &b)
	defer n.acknowledge(by)()
	e := n.event(by, b)
	by.Touch(e.Time())
	n.put(buffer, e)
	by.deliver(messageFrame(e, b))
	n.publish(e)
	n.alertAbsent(by, account, e, b)
	return true
}

// alertAbsent tells the devices of who is not online.
func (n *Network) alertAbsent(by Actor, account string, e *event.Event, b event.MessageSent) {
	if n.Push.Idle() || !isSpoken(b) {
		return
	}
	m := n.World.Mapping
	n.Push.Notify(push.Notice{
		Account: string(m.Fold(account)), Talk: string(m.Fold(by.Nick())),
		MsgID: e.ID(), Author: e.Account, Time: e.Time(), Line: brief(e, b),
	})
}
