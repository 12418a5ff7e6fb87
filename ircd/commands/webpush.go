package commands

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/push"
)

const webPushSpec = "https://github.com/ircv3/ircv3-specifications/pull/471"

var _ = add(dispatch.Command{
	Name:  "WEBPUSH",
	Usage: "<subcommand> <endpoint> [<keys>]",
	Help:  "Lets a device be told by push notifications when you are away and somebody writes to you or says your nick.",
	More: []lang.Text{
		"Clients do it for you. Nobody between this server and the device can read the notifications.",
		"What you read elsewhere within some seconds, or its author deletes, is not sent.",
	},
	Spec:  webPushSpec,
	Quiet: true,
	Subcommands: webPushTable(
		dispatch.Command{Name: "REGISTER", Usage: "<endpoint> <keys>", Help: "Adds a device, or renews it.", Cost: 5, Run: webPushRegister},
		dispatch.Command{Name: "UNREGISTER", Usage: "<endpoint>", Help: "Removes a device.", Run: webPushUnregister},
	),
	Run: func(r *dispatch.Request) error {
		if err := webPushAvailable(r); err != nil {
			return err
		}
		return webPushFail("INVALID_PARAMS", "There is no such subcommand", word(r.Param(0)), r.Param(1))
	},
})

// webPushTable returns the subcommands, which take exactly the parameters in their usage
// and are for those who are logged in.
func webPushTable(all ...dispatch.Command) dispatch.Table {
	t := dispatch.Table{}
	for _, c := range all {
		run, count := c.Run, c.MinParams()+1 // the name of the subcommand is one
		c.Quiet, c.Spec = true, webPushSpec
		c.Run = func(r *dispatch.Request) error {
			if err := webPushAvailable(r); err != nil {
				return err
			}
			switch a := r.Server.Accounts.Lookup(r.User.Account()); {
			case len(r.Message.Params) != count:
				return webPushFail("INVALID_PARAMS", "These are not the parameters of the command", c.Name, r.Param(1))
			case a == nil:
				return webPushAccount(c.Name, r.Param(1))
			}
			return run(r)
		}
		t.Add(c)
	}
	return t
}

// webPushAvailable refuses who has not enabled the capability: devices read messages as
// their client does.
func webPushAvailable(r *dispatch.Request) error {
	if !r.Server.Network.Push.Enabled() || r.Server.Accounts == nil || !r.Session.Caps().HasAny(caps.Of(caps.WebPush, caps.WebPushSoju)) {
		return numerics.UnknownCommand.With("WEBPUSH")
	}
	return nil
}

// webPushFail names the device by its whole endpoint, as clients expect. One that could
// not be a parameter is left out.
func webPushFail(code string, text lang.Text, sub, endpoint string) error {
	if endpoint == "" {
		endpoint = "*"
	}
	return numerics.Fail{Command: "WEBPUSH", Code: code, Context: []string{sub, endpoint}, Text: text}
}

func webPushAccount(sub, endpoint string) error {
	return webPushFail("ACCOUNT_REQUIRED", "Log in to an account first: the device is told what is said to it", sub, endpoint)
}

func webPushRegister(r *dispatch.Request) error {
	account, endpoint, keys := string(r.Server.Network.World.Mapping.Fold(r.User.Account())), r.Param(1), r.Param(2)
	has := r.Session.Caps()
	err := r.Wait(func(ctx context.Context) error {
		return r.Server.Network.Push.Subscribe(ctx, account, endpoint, keys, has)
	})
	return webPushAnswer(r, "REGISTER", endpoint, err)
}

func webPushUnregister(r *dispatch.Request) error {
	account, endpoint := string(r.Server.Network.World.Mapping.Fold(r.User.Account())), r.Param(1)
	err := r.Wait(func(ctx context.Context) error { return r.Server.Network.Push.Unsubscribe(ctx, account, endpoint) })
	return webPushAnswer(r, "UNREGISTER", endpoint, err)
}

func webPushAnswer(r *dispatch.Request, sub, endpoint string, err error) error {
	var quit dispatch.Quit
	switch {
	case err == nil:
		r.Send("WEBPUSH", sub, endpoint)
		return nil
	case errors.As(err, &quit), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, push.ErrNoOwner):
		return webPushAccount(sub, endpoint)
	case errors.Is(err, push.ErrEndpoint):
		return webPushFail("INVALID_PARAMS", "This is not the https address of a device at a push service", sub, endpoint)
	case errors.Is(err, push.ErrKeys):
		return webPushFail("INVALID_PARAMS", "These are not the keys of a device: p256dh and auth are needed", sub, endpoint)
	case errors.Is(err, push.ErrTooMany):
		return webPushFail("MAX_REGISTRATIONS", "You have too many devices; unregister one first", sub, endpoint)
	}
	r.Server.Log.Error("a device could not be stored", "account", r.User.Account(), "error", err)
	return webPushFail("INTERNAL_ERROR", "The server could not do this. Try again later.", sub, endpoint)
}
