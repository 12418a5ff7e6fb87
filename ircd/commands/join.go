package commands

import (
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "JOIN",
	Usage: "<channel>{,<channel>} [<key>{,<key>}]",
	Help:  "Joins channels, creating those that do not exist. JOIN 0 leaves all channels.",
	Run:   join,
})

func join(r *dispatch.Request) error {
	if r.Param(0) == "" {
		return numerics.NeedMoreParams.With("JOIN")
	}
	if r.Param(0) == "0" {
		for _, m := range r.User.Memberships() {
			if err := r.Server.Network.Part(r.Actor(), m.Channel, ""); err != nil {
				r.Error(err)
			}
		}
		return nil
	}
	keys := strings.Split(r.Param(1), ",")
	for i, name := range strings.Split(r.Param(0), ",") {
		key := ""
		if i < len(keys) {
			key = keys[i]
		}
		if name == "" {
			continue
		}
		if err := joinOne(r, name, key, true); err != nil {
			r.Error(err)
		}
	}
	return nil
}

// joinOne joins a channel or, if follow is true, the one it forwards to.
func joinOne(r *dispatch.Request, name, key string, follow bool) error {
	if !r.Server.Network.World.Mapping.ValidChannel(name, r.Server.Config().Limits.ChannelLength) {
		return numerics.NoSuchChannel.With(word(name))
	}
	ch, joined, err := r.Server.Network.Join(r.Actor(), name, key, false)
	var forward network.Forward
	if errors.As(err, &forward) && follow {
		r.Reply(numerics.LinkChannel.With(name, forward.To))
		return joinOne(r, forward.To, "", false)
	}
	if err != nil || !joined {
		return err
	}
	greet(r, ch)
	autoReplay(r, ch, time.Time{})
	return nil
}

// greet sends one who has joined the topic and the members.
func greet(r *dispatch.Request, ch *state.Channel) {
	sendTopic(r, ch, false)
	greetMarker(r, ch)
	if !r.Has(caps.NoImplicitNames) {
		sendNames(r, ch)
	}
	metaJoined(r, ch)
}
