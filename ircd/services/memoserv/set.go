package memoserv

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/memos"
)

var (
	_ = add(dispatch.Command{
		Name: "SET",
		Help: "Says how you get memos.",
		Subcommands: dispatch.Table{
			"ACCEPT": {Name: "ACCEPT", Usage: "{on|off}", Help: "Whether you get memos at all; at first you do.",
				Run: func(r *dispatch.Request) error {
					return set(r, func(rec *memos.Record, on bool) { rec.Closed = !on },
						"Others can leave you memos.", "Nobody can leave you memos.")
				}},
			"NOTIFY": {Name: "NOTIFY", Usage: "{on|off}", Help: "Whether you are told of new memos when they come, and when you log in; at first you are.",
				Run: func(r *dispatch.Request) error {
					return set(r, func(rec *memos.Record, on bool) { rec.Quiet = !on },
						"You are told of new memos.", "You are not told of new memos; LIST NEW lists them.")
				}},
			"MAIL": {Name: "MAIL", Usage: "{on|off}", Help: "Whether you get a mail when a memo comes and you have read those before. It does not have the text.",
				Run: setMail},
		},
	})
	_ = add(dispatch.Command{
		Name: "INFO",
		Help: "Says how many memos you have, and how you get them.",
		Run:  info,
	})
)

// onOff reads a switch.
func onOff(word string) (on bool, err error) {
	switch {
	case is(word, "on"):
		return true, nil
	case is(word, "off"):
		return false, nil
	}
	return false, no("Write on or off.")
}

func set(r *dispatch.Request, f func(rec *memos.Record, on bool), yes, not lang.Text) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	on, err := onOff(r.Param(0))
	if err != nil {
		return err
	}
	if err := change(r, a, func(rec *memos.Record) error { f(rec, on); return nil }); err != nil {
		return err
	}
	if on {
		r.Notice(yes)
	} else {
		r.Notice(not)
	}
	return nil
}

func setMail(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	if is(r.Param(0), "on") {
		switch {
		case !r.Server.Accounts.Mails():
			return no("This network sends no mail.")
		case a.Email == "" || !a.Confirmed:
			return no("Your account has no address that is confirmed. NS SET EMAIL gives it one.")
		}
	}
	return set(r, func(rec *memos.Record, on bool) { rec.Mail = on },
		"You get a mail when somebody leaves you a memo.", "You get no mail about memos.")
}

func info(r *dispatch.Request) error {
	_, rec, err := box(r)
	if err != nil {
		return err
	}
	r.Notice("You have {%d memo|%d memos}; new: %d.", len(rec.Memos), rec.Unread())
	r.Notice("There is room for %d.", r.Server.Config().Memos.PerAccount)
	switch {
	case rec.Closed:
		r.Notice("Nobody can leave you memos.")
	case rec.Quiet:
		r.Notice("You are not told of new memos; LIST NEW lists them.")
	default:
		r.Notice("You are told of new memos.")
	}
	if rec.Mail {
		r.Notice("You get a mail when somebody leaves you a memo.")
	}
	if n := len(rec.Ignored); n > 0 {
		r.Notice("You ignore {%d account|%d accounts}; IGNORE LIST lists them.", n)
	}
	return nil
}
