package chanserv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
)

var _ = add(dispatch.Command{
	Name:  "DROP",
	Usage: "<channel> [<code>]",
	Help:  "Ends the registration of a channel. You are told a code to confirm it with.",
	Cost:  5,
	Run:   drop,
})

func drop(r *dispatch.Request) error {
	g, err := hold(r, chanreg.Founder)
	if err != nil {
		return err
	}
	if code := confirmation(g.Record); r.Param(1) != code {
		if r.Param(1) != "" {
			r.Notice("This is not the code.")
		}
		r.Notice("This removes the founder, all access and all settings of %s. To confirm it: DROP %s %s", g.Name, g.Name, code)
		return nil
	}
	if err := dissolve(r, g.Record); err != nil {
		return err
	}
	r.Server.Log.Info("channel dropped", "account", r.Account(), "channel", g.Name)
	r.Server.Network.Inform(modes.SnoChannels, "%[1]s drops the channel %[2]s", r.User.Source(), g.Name)
	r.Notice("Channel %s is not registered any more.", g.Name)
	return nil
}

// dissolve ends the registration of a channel.
func dissolve(r *dispatch.Request, rec *chanreg.Record) error {
	ch := present(r.Server, rec)
	err := keep(r, func(ctx context.Context) error {
		return r.Server.Channels.Drop(ctx, rec.Name, ch.Has(modes.Permanent))
	})
	if errors.Is(err, chanreg.ErrNotFound) {
		return no("%s is not registered.", rec.Name)
	}
	if err == nil {
		r.Server.Network.MarkRegistered(actor(r), ch, false)
	}
	return err
}

// confirmation is a word that nobody writes by mistake. It is another one when the
// channel is registered again.
func confirmation(rec *chanreg.Record) string {
	sum := sha256.Sum256([]byte(rec.Name + " " + rec.Founder + " " + strconv.FormatInt(rec.Created.UnixNano(), 36)))
	return hex.EncodeToString(sum[:4])
}
