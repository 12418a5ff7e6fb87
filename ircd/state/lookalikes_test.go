package state

import (
	"testing"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/modes"
)

// TestLookalikes: of those who came with nicks that look alike while servers were apart,
// none is forgotten when another goes.
func TestLookalikes(t *testing.T) {
	w := New(casemap.ASCII, modes.Channel(), 0)
	_ = w.Update(func(tx *Tx) error {
		users := map[string]*User{}
		for _, nick := range []string{"pool", "p00l", "poo1"} {
			users[nick] = newUser(nick, w.Mapping)
			tx.call(users[nick], nick)
		}
		for i, nick := range []string{"p00l", "pool", "poo1"} {
			if got := len(tx.w.doubles[w.Mapping.Skeleton(nick)]); got != max(2-i, 0) {
				t.Errorf("before %s goes there are %d doubles", nick, got)
			}
			if tx.MayTakeNick(nil, "pOOl") {
				t.Errorf("before %s goes the nick is free", nick)
			}
			tx.unindex(users[nick])
		}
		if !tx.MayTakeNick(nil, "pool") {
			t.Error("the nick is not free in the end")
		}
		return nil
	})
}
