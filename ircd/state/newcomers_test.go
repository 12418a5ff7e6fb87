package state

import (
	"fmt"
	"testing"
	"time"
)

// TestHeard tests that those who come, speak and go are forgotten, and that however many
// they are, those who stay are not.
func TestHeard(t *testing.T) {
	ch := &Channel{members: map[string]*Member{}}
	ch.theNewcomers()
	now := time.Unix(1_700_000_000, 0)
	const stay = 100
	for i := range stay {
		uid := fmt.Sprint("stays", i)
		ch.members[uid] = &Member{}
		ch.heard(uid, now)
	}
	for i := range 10_000 {
		uid := fmt.Sprint("goes", i)
		ch.members[uid] = &Member{}
		ch.heard(uid, now)
		delete(ch.members, uid)
		if n := len(ch.strangers.spoke); n > 2*stay+1 {
			t.Fatalf("%d are remembered after %d who went", n, i+1)
		}
	}
	for uid := range ch.members {
		if _, ok := ch.strangers.spoke[uid]; !ok {
			t.Errorf("%s is forgotten", uid)
		}
	}
}
