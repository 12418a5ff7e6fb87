package network

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// RenameAccount makes what is known of an account here known under another name: its
// private conversations, and who is logged in to it.
func (n *Network) RenameAccount(old, name string) {
	n.moveConversations(old, name)
	for _, u := range n.World.Users() {
		if u.Account() == old && (u.Local() || n.World.Resident(old) == u) {
			n.rename(u, old, name)
		}
	}
}

func (n *Network) rename(u *state.User, old, name string) {
	defer n.report()
	_ = n.World.Update(func(tx *state.Tx) error {
		if tx.ByUID(u.UID()) == u && u.Account() == old { // another server may have been faster
			f := fact(userKey(event.Account, u.UID(), ""), name)
			n.announce(tx, Actor{User: u}, event.AccountChanged{Account: name}, f)
		}
		return nil
	})
}

func (n *Network) moveConversations(old, name string) {
	from, to := string(n.World.Mapping.Fold(old)), string(n.World.Mapping.Fold(name))
	if n.History == nil || from == to {
		return
	}
	const all = 1 << 30
	found, err := n.History.Targets(context.Background(), history.TargetsQuery{Of: from, Limit: all})
	for _, t := range found {
		other, ok := history.Other(t.Buffer, from)
		if !ok {
			continue
		}
		if other == from {
			other = to // what somebody has noted for themselves
		}
		_, e := n.History.Rename(t.Buffer, history.Conversation(to, other))
		err = errors.Join(err, e)
	}
	if err != nil {
		n.Log.Error("conversations are not found under the new name of an account", "account", name, "error", err)
	}
}
