package commands

import (
	"runtime"
	"strconv"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
)

var (
	_ = add(dispatch.Command{
		Name:   "VERSION",
		Usage:  "[<server>]",
		Help:   "Shows the version of the server and what it supports.",
		Server: 1,
		Run:    func(r *dispatch.Request) error { version(r); return nil },
	})
	_ = add(dispatch.Command{
		Name:   "TIME",
		Usage:  "[<server>]",
		Help:   "Shows the server's time.",
		Server: 1,
		Run:    func(r *dispatch.Request) error { clock(r); return nil },
	})
	_ = add(dispatch.Command{
		Name:   "INFO",
		Usage:  "[<server>]",
		Help:   "Shows what the server is.",
		Server: 1,
		Run:    func(r *dispatch.Request) error { info(r); return nil },
	})
	_ = add(dispatch.Command{
		Name:   "ADMIN",
		Usage:  "[<server>]",
		Help:   "Shows who runs the server.",
		Server: 1,
		Run:    func(r *dispatch.Request) error { admin(r); return nil },
	})
	_ = add(dispatch.Command{
		Name:  "ISUPPORT",
		Help:  "Shows what the server supports.",
		Spec:  "https://ircv3.net/specs/extensions/extended-isupport",
		Phase: dispatch.AnyPhase,
		Run:   isupportCommand,
	})
)

func version(r *dispatch.Request) {
	r.Reply(numerics.Version.With(r.Server.Version, r.Server.Name()).Fmt("https://parley.chat/"))
	sendISupport(r)
}

func clock(r *dispatch.Request) {
	now := r.Server.Now()
	r.Reply(numerics.Time.With(r.Server.Name(), strconv.FormatInt(now.Unix(), 10), "0").Fmt(now.Format(time.RFC1123)))
}

func info(r *dispatch.Request) {
	for _, line := range []lang.Phrase{
		lang.Text("Parley, an IRCv3 chat network server in Go.").With(),
		lang.Text("It is free software under the MIT license.").With(),
		lang.Verbatim.With(" "),
		lang.Text("Version %s, built with %s.").With(r.Server.Version, runtime.Version()),
		lang.Text("Online since %s.").With(r.Server.Started.Format(time.RFC1123)),
	} {
		r.Reply(numerics.Info.With().Fmt(line))
	}
	r.Reply(numerics.EndOfInfo.With())
}

func admin(r *dispatch.Request) {
	c := r.Server.Config().Server
	if c.AdminLocation == "" && c.AdminDetails == "" && c.AdminEmail == "" {
		r.Reply(numerics.NoAdmin.With(r.Server.Name()))
		return
	}
	r.Reply(numerics.AdminMe.With(r.Server.Name()))
	r.Reply(numerics.AdminLoc1.With().Fmt(c.AdminLocation))
	r.Reply(numerics.AdminLoc2.With().Fmt(c.AdminDetails))
	r.Reply(numerics.AdminEmail.With().Fmt(c.AdminEmail))
}

func isupportCommand(r *dispatch.Request) error {
	if r.User == nil && !r.Has(caps.ExtendedISupport) {
		return numerics.NotRegistered.With()
	}
	sendISupport(r)
	return nil
}
