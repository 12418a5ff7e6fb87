package commands

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "TOPIC",
	Usage: "<channel> [<topic>]",
	Help:  "Shows or changes the topic of a channel; an empty one removes it.",
	Run:   topic,
})

func topic(r *dispatch.Request) error {
	ch, err := r.VisibleChannel(0)
	if err != nil {
		return err
	}
	if len(r.Message.Params) == 1 {
		sendTopic(r, ch, true)
		return nil
	}
	text := casemap.Truncate(r.Param(1), r.Server.Config().Limits.TopicLength)
	return r.Server.Network.SetTopic(r.Actor(), ch, text, false)
}

// sendTopic sends the topic of a channel, or says that there is none if tell is true.
func sendTopic(r *dispatch.Request, ch *state.Channel, tell bool) {
	var t event.TopicText
	ch.View(func(v state.View) { t = v.Topic() })
	if t.Text == "" {
		if tell {
			r.Reply(numerics.NoTopic.With(ch.Name()))
		}
		return
	}
	r.Reply(numerics.Topic.With(ch.Name()).Fmt(t.Text))
	r.Reply(numerics.TopicWhoTime.With(ch.Name(), t.Setter, strconv.FormatInt(t.Set.Unix(), 10)))
}
