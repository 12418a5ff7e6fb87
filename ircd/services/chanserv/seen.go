package chanserv

import (
	"context"
	"errors"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
)

var _ = add(dispatch.Command{
	Name:  "SEEN",
	Usage: "<channel> <nick|account>",
	Help:  "Says when somebody was in a channel last, and what they did then.",
	More:  []lang.Text{"It is for members, and is known for as long as the history of the channel goes back."},
	Cost:  5,
	Run:   seen,
})

func seen(r *dispatch.Request) error {
	name, who := r.Param(0), r.Param(1)
	ch := r.Server.Network.World.Channel(name)
	if ch == nil || !isMember(ch, r.User) {
		return no("Join %s first.", name)
	}
	for _, m := range members(ch) {
		if same(r, m.Nick(), who) || m.Account() != "" && same(r, m.Account(), who) {
			r.Notice("%s is in %s now.", m.Nick(), ch.Name())
			return nil
		}
	}
	var e *event.Event
	err := r.Wait(func(ctx context.Context) (err error) {
		e, err = r.Server.Network.Seen(ctx, r.User, ch.Name(), who)
		return err
	})
	switch {
	case errors.Is(err, network.ErrUnreadable):
		return no("What happens in %s is not kept.", ch.Name())
	case err != nil:
		return err
	case e == nil:
		return no("Nothing is known of %s in %s.", who, ch.Name())
	}
	ago := max(time.Second, r.Server.Now().Sub(e.Time()).Truncate(time.Second))
	r.Notice("%s was in %s %s ago, %s.", who, ch.Name(), lang.Duration(ago), deed(e.Body))
	return nil
}

// deed says what somebody did.
func deed(b event.Body) lang.Text {
	switch b.(type) {
	case event.MessageSent:
		return "talking"
	case event.Joined:
		return "joining"
	case event.Parted:
		return "leaving the channel"
	case event.Quit:
		return "leaving the network"
	case event.NickChanged:
		return "changing nick"
	case event.TopicSet:
		return "changing the topic"
	case event.Kicked:
		return "removing somebody"
	case event.ModeChanged:
		return "changing modes"
	}
	return "doing something"
}
