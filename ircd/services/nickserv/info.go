package nickserv

import (
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:  "INFO",
		Usage: "[<account>]",
		Help:  "Shows what is known of an account: of your own, more.",
		Run:   info,
	})
	_ = add(dispatch.Command{
		Name:       "LIST",
		Usage:      "[<mask>]",
		Help:       "Lists the accounts, or those whose name matches a mask.",
		Privileged: true, Oper: privs.Accounts,
		Run: list,
	})
)

func info(r *dispatch.Request) error {
	name := r.Param(0)
	if name == "" {
		if name = r.Account(); name == "" {
			name = r.User.Nick()
		}
	}
	a := r.Server.Accounts.Lookup(name)
	if a == nil {
		return errUnknown
	}
	r.Notice("Account: %s", a.Name)
	r.Notice("Registered: %s", lang.Date(a.Created))
	if a.Name == r.Account() || r.May(privs.Accounts) {
		confide(r, a)
		return showExpiry(r, a)
	}
	return nil
}

// confide shows what only the owner and operators may know.
func confide(r *dispatch.Request, a *accounts.Account) {
	r.Notice("Nicks: %s", strings.Join(append([]string{a.Name}, a.Nicks...), " "))
	if a.Email != "" {
		r.Notice("E-mail: %s", a.Email)
	}
	if !a.Verified {
		r.Notice("State: not confirmed yet")
	}
	if s := a.Suspended; s != nil {
		showSuspension(r, s)
	}
	if n := len(a.Certs); n > 0 {
		r.Notice("Certificates: %d", n)
	}
	if tags := a.Settings[dispatch.SettingLanguage]; tags != "" {
		r.Notice("Language: %s", tags)
	}
	for _, s := range settings {
		if value := s.show(r, a); value != "" {
			r.Notice(s.line, value)
		}
	}
}

func showSuspension(r *dispatch.Request, s *accounts.Suspension) {
	if s.Until.IsZero() {
		r.Notice("State: suspended by %s since %s", s.By, lang.Date(s.Since))
	} else {
		r.Notice("State: suspended by %s since %s, until %s", s.By, lang.Date(s.Since), lang.Date(s.Until))
	}
	if s.Reason != "" {
		r.Notice("Reason: %s", s.Reason)
	}
}

// maxListed is how many accounts LIST shows.
const maxListed = 500

func list(r *dispatch.Request) error {
	mask := r.Param(0)
	if mask == "" {
		mask = "*"
	}
	m, n := r.Server.Network.World.Mapping.Compile(mask), 0
	r.Server.Accounts.List(func(a *accounts.Account) bool {
		if !m.Match(string(a.Folded)) {
			return true
		}
		if n++; n > maxListed {
			return false
		}
		switch {
		case a.Suspended != nil:
			r.Notice("%s (suspended)", a.Name)
		case !a.Verified:
			r.Notice("%s (not confirmed)", a.Name)
		default:
			r.Notice("%s", a.Name)
		}
		return r.Session.Wait()
	})
	switch {
	case n > maxListed:
		r.Notice("There are more. Give a mask such as LIST a*.")
	default:
		r.Notice("End of the list: {%d account|%d accounts}.", n)
	}
	return nil
}
