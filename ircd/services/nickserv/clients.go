package nickserv

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = alias(dispatch.Command{
		Name:        "CLIENTS",
		Help:        "Shows the clients that are logged in to your account, and ends them.",
		Subcommands: clients,
	}, "SESSIONS")
	clients = dispatch.Table{}
	_       = clients.Add(dispatch.Command{
		Name:  "LIST",
		Usage: "[<account>]",
		Help:  "Lists your clients on this server; operators may name another account.",
		Run:   clientsList,
	})
	_ = clients.Add(dispatch.Command{
		Name:  "LOGOUT",
		Usage: "<number|all>",
		Help:  "Disconnects one of your clients, by its number in the list, or all others.",
		Run:   clientsLogout,
	})
)

// whose returns the account that a command is about.
func whose(r *dispatch.Request, name string) (*accounts.Account, error) {
	if name == "" || !r.May(privs.Accounts) {
		return own(r)
	}
	if a := r.Server.Accounts.Lookup(name); a != nil {
		return a, nil
	}
	return nil, errUnknown
}

func clientsList(r *dispatch.Request) error {
	a, err := whose(r, r.Param(0))
	if err != nil {
		return err
	}
	if a.Name != r.Account() {
		audit(r, "CLIENTS LIST", a.Name)
	}
	all := r.Server.ConnsOf(a.Name)
	for _, c := range all {
		words := []string{strconv.FormatUint(c.Number(), 10) + ": " + c.Online().Nick(), "from " + c.RealAddr(), "since " + date(c.Born())}
		if c.Peer.Secure {
			words = append(words, "by TLS")
		}
		if c == r.Conn {
			words = append(words, "(this one)")
		}
		r.Notice(strings.Join(words, " "))
	}
	for _, server := range r.Server.Elsewhere(a.Name) {
		r.Notice("There are more on " + server + ".")
	}
	if u := r.Server.Network.World.Resident(a.Name); u != nil {
		r.Notice(u.Nick() + " stays when the last client leaves.")
	}
	r.Notice("End of the list: " + strconv.Itoa(len(all)) + " here.")
	return nil
}

func clientsLogout(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	n := 0
	for _, c := range r.Server.ConnsOf(a.Name) {
		all := casemap.ASCII.Equal(r.Param(0), "all") && c != r.Conn
		if all || strconv.FormatUint(c.Number(), 10) == r.Param(0) {
			c.End("Logged out by another client")
			n++
		}
	}
	if n == 0 {
		return numerics.Fail{Text: "You have no such client. CLIENTS LIST shows their numbers."}
	}
	r.Notice("Disconnected: " + strconv.Itoa(n))
	return nil
}
