package hostserv

import (
	"context"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// Attach lets HostServ tell those who come back what it has to tell them.
func Attach(s *dispatch.Server) { s.Arrived = append(s.Arrived, arrived) }

// storing is how long it may take to note that somebody has been told something.
const storing = 10 * time.Second

// arrived tells somebody once that they do not get what they have asked for.
func arrived(r *dispatch.Request) {
	a := r.Server.Accounts.Lookup(r.Account())
	if a == nil {
		return
	}
	rec := r.Server.VHosts.Of(a.Name, a.ID)
	if rec == nil || rec.Refused == nil || rec.Refused.Told {
		return
	}
	text := refused(rec.Refused)
	r.As(Service).Notice(text.Text, text.Args...)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), storing)
		defer cancel()
		_ = r.Server.VHosts.Change(ctx, a.Name, a.ID, func(rec *vhosts.Record) error { // or else they are told again
			if rec.Refused != nil {
				told := *rec.Refused
				told.Told = true
				rec.Refused = &told
			}
			return nil
		})
	}()
}

func refused(f *vhosts.Refusal) lang.Phrase {
	if f.Reason == "" {
		return lang.Text("You do not get the host %s, for which you have asked.").With(f.Host)
	}
	return lang.Text("You do not get the host %s, for which you have asked: %s").With(f.Host, f.Reason)
}

// online reports whether somebody is logged in to an account.
func online(s *dispatch.Server, account string) bool {
	return slices.ContainsFunc(s.Network.World.Users(), func(u *state.User) bool {
		return s.Network.World.Mapping.Equal(u.Account(), account)
	})
}
