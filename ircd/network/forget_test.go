package network

import (
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
)

// TestForgetFormer: what was said in the name of an account before it was registered goes,
// and what its owner has said since stays, whichever of the two is known here first: that
// there is the account, or what was said.
func TestForgetFormer(t *testing.T) {
	n := newCrowd(1).nodes[0]
	log := n.remember(t)
	said := func(buffer, text string) {
		e := n.event(Actor{}, event.MessageSent{Command: "PRIVMSG", Text: text})
		e.Account = "tea"
		log.Append(buffer, e)
	}
	said("#tea", "of another owner")
	said(history.Conversation("tea", "milk"), "of another owner")
	registered := n.Clock.Stamp().Time()
	n.Clock.Observe(event.At(registered.Add(2 * time.Millisecond))) // the clock of the crowd stands still
	said("#tea", "of this owner")
	said(history.Conversation("tea", "water"), "of this owner")
	n.ForgetFormer("tea", registered)
	n.remembers(t, map[string]string{
		"#tea": "of this owner", history.Conversation("tea", "milk"): "", history.Conversation("tea", "water"): "of this owner",
	})
}
