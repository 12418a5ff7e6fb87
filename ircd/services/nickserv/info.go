package nickserv

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
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
	r.Notice("Account: " + a.Name)
	r.Notice("Registered: " + date(a.Created))
	if a.Name == r.Account() || r.May(privs.Accounts) {
		confide(r, a)
	}
	return nil
}

// confide shows what only the owner and operators may know.
func confide(r *dispatch.Request, a *accounts.Account) {
	show := func(name, value string) {
		if value != "" {
			r.Notice(name + ": " + value)
		}
	}
	show("Nicks", strings.Join(append([]string{a.Name}, a.Nicks...), " "))
	show("E-mail", a.Email)
	if !a.Verified {
		show("State", "not confirmed yet")
	}
	if s := a.Suspended; s != nil {
		text := "suspended by " + s.By + " since " + date(s.Since)
		if !s.Until.IsZero() {
			text += ", until " + date(s.Until)
		}
		show("State", text)
		show("Reason", s.Reason)
	}
	if n := len(a.Certs); n > 0 {
		show("Certificates", strconv.Itoa(n))
	}
	for _, s := range settings {
		show(s.title, s.show(r, a))
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
		line := a.Name
		if a.Suspended != nil {
			line += " (suspended)"
		}
		if !a.Verified {
			line += " (not confirmed)"
		}
		r.Notice(line)
		return r.Session.Wait()
	})
	switch {
	case n > maxListed:
		r.Notice("There are more. Give a mask such as LIST a*.")
	default:
		r.Notice("End of the list: " + strconv.Itoa(n) + " accounts.")
	}
	return nil
}
