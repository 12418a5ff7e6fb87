package network

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/state"
)

// This file is how history ends before its time: with a guest, with a channel that
// others make anew, and when the author wants it.

// forgetGuest drops what belongs to a user who is gone, by UID: what somebody
// without an account has talked about in private ends with the talk.
func (n *Network) forgetGuest(uid string) {
	n.strangers.forget(uid)
	n.forgetIdentity(guest(uid), event.Stamp{})
}

// ForgetAccount drops what belongs to an account that is no more.
func (n *Network) ForgetAccount(account string) {
	n.Push.Forget(account)
	n.forgetIdentity(string(n.World.Mapping.Fold(account)), event.Stamp{})
}

// ForgetFormer removes what was said in the name of an account before it was registered: it
// is not the owner's. What the owner has said on another server may be here before it is
// known here that there is the account.
func (n *Network) ForgetFormer(account string, registered time.Time) {
	n.Push.Forget(account)
	until := event.At(registered.Add(time.Millisecond)) // nobody registers and talks faster than that
	n.forgetIdentity(string(n.World.Mapping.Fold(account)), until)
	if n.hasSaid(account) {
		n.dropAuthor(account, until)
	}
}

// hasSaid reports whether there is a message in the name of an account.
func (n *Network) hasSaid(account string) bool {
	if n.History == nil {
		return false
	}
	q := history.SearchQuery{From: account, Limit: 1, In: n.everywhere(), Keep: func(_ string, e *event.Event) bool { return e.Account == account }}
	page, err := n.History.Search(context.Background(), q)
	return err != nil || len(page.Hits) > 0
}

func (n *Network) dropAuthor(account string, until event.Stamp) {
	if _, _, err := n.History.DropAuthor(context.Background(), account, until); err != nil {
		n.Log.Error("an author is not forgotten", "account", account, "error", err)
	}
}

// forgetIdentity drops the conversations of an identity; unless it is zero, those in which
// nothing was said since.
func (n *Network) forgetIdentity(identity string, since event.Stamp) {
	n.Markers.Forget(identity)
	if n.History == nil {
		return
	}
	const all = 1 << 30
	found, err := n.History.Targets(context.Background(), history.TargetsQuery{Of: identity, Limit: all})
	if err != nil {
		n.Log.Error("conversations are not dropped", "error", err)
	}
	for _, t := range found {
		if since.IsZero() || !t.Latest.After(since) {
			n.History.Drop(t.Buffer)
		}
	}
}

// ForgetGuests drops the conversations of guests who have left while this server did not
// run, or could not hear of it.
func (n *Network) ForgetGuests() {
	if n.History == nil {
		return
	}
	for _, name := range n.History.Buffers() {
		if a, b, ok := history.Parties(name); ok && (n.goneGuest(a) || n.goneGuest(b)) {
			n.History.Drop(name)
		}
	}
}

// goneGuest reports whether an identity is that of a guest who is known to have left: one
// of whom nothing is known may be one of whom this server has not heard yet.
func (n *Network) goneGuest(identity string) bool {
	uid, is := strings.CutPrefix(identity, "=")
	if !is {
		return false
	}
	lives, left := n.World.Lives(uid)
	if lives || left {
		return left
	}
	sid := uid[:min(len(uid), len(n.Clock.Server()))]
	came, ok := event.ParseID(uid[len(sid):] + sid)
	return !ok || sid == n.Clock.Server() || n.peers.agreed(sid).After(came)
}

// heirs is in how many of the last events of a channel's history its heir must be.
const heirs = 1000

// heir reports whether what was said in an earlier channel of that name may be read by
// u, who makes it anew: one who was there may, which the account shows or the host.
func (n *Network) heir(cx state.ChannelTx, u *state.User) bool {
	return n.heirOf(string(cx.Channel().Key()), u)
}

func (n *Network) heirOf(buffer string, u *state.User) bool {
	if n.History == nil {
		return true
	}
	host := u.Identity().Host
	events, err := n.History.Query(context.Background(), buffer, history.Latest(history.Point{}, heirs))
	if err == nil && len(events) == 0 {
		return true
	}
	for _, e := range events {
		if isAuthor(u, e) || e.Source[strings.LastIndexByte(e.Source, '@')+1:] == host {
			return true
		}
	}
	return false
}

// inherit drops the history of an earlier channel of that name if u, who has made it
// anew, is no heir. Channels which are registered are not created again. On linked
// servers that is a fact (event.Epoch), because where the earlier channel is still
// alive may be out of reach.
func (n *Network) inherit(cx state.ChannelTx, u *state.User) {
	if !n.World.Linked && !n.heir(cx, u) {
		n.History.Drop(string(cx.Channel().Key()))
	}
}

// ForgetAuthors is ForgetAuthor for all names that an account has had.
func (n *Network) ForgetAuthors(ctx context.Context, by Actor, names ...string) (count int, err error) {
	for _, name := range names {
		if by.User == nil || name != by.Account() {
			by = Actor{} // other servers need not know that it was by's
		}
		m, e := n.ForgetAuthor(ctx, by, name)
		count, err = count+m, errors.Join(err, e)
	}
	return count, err
}

// ForgetAuthor removes all that an account has said and done from the history, on
// all servers, and returns how much that was here.
func (n *Network) ForgetAuthor(ctx context.Context, by Actor, account string) (int, error) {
	n.Push.Forget(account)
	if n.History == nil {
		return 0, nil
	}
	e := n.event(by, event.Forgotten{Account: account})
	n.log(e)
	n.publish(e)
	count, t, err := n.History.DropAuthor(ctx, account, e.Stamp)
	if err != nil {
		return count, err
	}
	return count, n.History.Wait(ctx, t)
}

// applyForgotten applies a ForgetAuthor of another server: of the author, or of an
// operator or a service there.
func (n *Network) applyForgotten(by Actor, e *event.Event, b event.Forgotten) {
	if n.History == nil || by.User != nil && by.Account() != b.Account && !by.Identity().IsOper() {
		return
	}
	n.Push.Forget(b.Account)
	go n.dropAuthor(b.Account, e.Stamp)
}
