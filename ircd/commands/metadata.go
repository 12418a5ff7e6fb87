package commands

import (
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

const metadataSpec = "https://ircv3.net/specs/extensions/metadata"

var _ = add(dispatch.Command{
	Name:  "METADATA",
	Usage: "<target> <subcommand> [<parameter>...]",
	Help:  "Reads and changes what is noted about users and channels, such as avatars and display names.",
	More: []lang.Text{
		"The target is a nick, a channel, or * for yourself. Channel metadata is changed by operators of the channel.",
	},
	Spec:     metadataSpec,
	Phase:    dispatch.AnyPhase,
	Quiet:    true,
	Selector: 1,
	Subcommands: metadataTable(
		dispatch.Command{Name: "GET", Usage: "<target> <key> [<key>...]", Help: "Shows the values of keys.", Run: metaGet},
		dispatch.Command{Name: "LIST", Usage: "<target>", Help: "Shows all keys and their values.", Run: metaList},
		dispatch.Command{Name: "SET", Usage: "<target> <key> [<value>]", Help: "Sets a key or, without a value, removes it.", Run: metaSet},
		dispatch.Command{Name: "CLEAR", Usage: "<target>", Help: "Removes all keys.", Run: metaClear},
		dispatch.Command{Name: "SUB", Usage: "* <key> [<key>...]", Help: "Lets you know when keys change.", Run: metaSub},
		dispatch.Command{Name: "UNSUB", Usage: "* <key> [<key>...]", Help: "Ends what SUB began.", Run: metaUnsub},
		dispatch.Command{Name: "SUBS", Usage: "*", Help: "Shows the keys you have subscribed to.", Run: metaSubs},
		dispatch.Command{Name: "SYNC", Usage: "<target>", Help: "Shows the keys you have subscribed to: of a user, of a channel and its members or, for *ALL, of everybody you see.", Cost: 5, Run: metaSync},
	),
	Run: func(r *dispatch.Request) error { return metaMisused(r, r.Param(1)) },
})

// metadataTable returns the subcommands, each of which checks what is the same for
// all before it runs.
func metadataTable(all ...dispatch.Command) dispatch.Table {
	t := dispatch.Table{}
	for _, c := range all {
		run, least := c.Run, c.MinParams()+1 // the name of the subcommand is one
		c.Phase, c.Quiet, c.Spec = dispatch.AnyPhase, true, metadataSpec+"#metadata-"+string(casemap.ASCII.Fold(c.Name))
		c.Run = func(r *dispatch.Request) error {
			if len(r.Message.Params) < least {
				return metaMisused(r, c.Name)
			}
			if err := metaAvailable(r); err != nil {
				return err
			}
			return run(r)
		}
		t.Add(c)
	}
	return t
}

func metaAvailable(r *dispatch.Request) error {
	cfg := r.Server.Config().Metadata
	switch {
	case !cfg.Enabled:
		return numerics.UnknownCommand.With("METADATA")
	case r.User == nil && !cfg.BeforeConnect:
		return numerics.NotRegistered.With()
	}
	return nil
}

// metaMisused answers a command that is not understood.
func metaMisused(r *dispatch.Request, sub string) error {
	if err := metaAvailable(r); err != nil {
		return err
	}
	if !revised(r) && sub != "" && r.Server.Commands["METADATA"].Subcommands[sub] == nil {
		return numerics.Fail{Code: "SUBCOMMAND_INVALID", Text: "There is no such subcommand"}.With(word(sub))
	}
	if !revised(r) {
		return numerics.NeedMoreParams.With("METADATA")
	}
	if strings.Contains(sub, " ") {
		sub = ""
	}
	return numerics.InvalidParams.With(word(sub))
}

// revised reports whether the client speaks draft/metadata-3, which has other codes
// for errors than draft/metadata-2.
// https://github.com/ircv3/ircv3-specifications/pull/613
func revised(r *dispatch.Request) bool { return r.Has(caps.Metadata3) }

// A subject is whose metadata a command is about: the client itself before
// registration, a user, or a channel.
type subject struct {
	name string
	user *state.User
	ch   *state.Channel
}

var noSubject = numerics.Fail{Code: "INVALID_TARGET", Text: "There is no such user or channel"}

// subjectOf returns the subject that is the target of the request. To those who may
// not know of a channel, it does not exist.
func subjectOf(r *dispatch.Request) (subject, error) {
	name, w := r.Param(0), r.Server.Network.World
	switch {
	case name == "*" && r.User == nil:
		return subject{name: "*"}, nil
	case r.User == nil:
		return subject{}, noSubject.With(word(name))
	case name == "*":
		return subject{name: r.User.Nick(), user: r.User}, nil
	}
	if ch := w.Channel(name); ch != nil && r.CanSee(ch) {
		return subject{name: ch.Name(), ch: ch}, nil
	}
	if u := w.User(name); u != nil {
		return subject{name: u.Nick(), user: u}, nil
	}
	return subject{}, noSubject.With(word(name))
}

// read returns the metadata of the subject; ok is false if the client may not read it.
func (t subject) read(r *dispatch.Request) (notes state.Metadata, ok bool) {
	switch {
	case t.user != nil:
		return t.user.Metadata(), true
	case t.ch == nil:
		return r.Registration.Metadata, true
	}
	t.ch.View(func(v state.View) {
		if ok = v.MayReadMeta(r.User, r.Server.Now()); ok {
			notes = v.Metadata()
		}
	})
	return notes, ok
}

// self returns an error unless the target is the client itself.
func self(r *dispatch.Request) error {
	name := r.Param(0)
	if name != "*" && (r.User == nil || !r.Server.Network.World.Mapping.Equal(name, r.User.Nick())) {
		return noSubject.With(word(name))
	}
	return nil
}
