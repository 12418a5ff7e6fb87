package nickserv

import (
	"context"
	"strconv"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
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
		r.Notice(clientLine(c.Peer.Secure, c == r.Conn), c.Number(), clientName(c), c.RealAddr(), lang.Date(c.Born()))
	}
	for _, server := range r.Server.Elsewhere(a.Name) {
		r.Notice("There are more on %s.", server)
	}
	if u := r.Server.Network.World.Resident(a.Name); u != nil {
		r.Notice("%s stays when the last client leaves.", u.Nick())
	}
	r.Notice("End of the list: %d here.", len(all))
	return nil
}

// clientName is the nick, and the device if the client names one.
func clientName(c *dispatch.Conn) string {
	if d := c.Device(); d != "" {
		return c.Online().Nick() + "@" + d
	}
	return c.Online().Nick()
}

// clientLine is how a client is listed.
func clientLine(secure, this bool) lang.Text {
	switch {
	case secure && this:
		return "%d: %s from %s since %s by TLS (this one)"
	case secure:
		return "%d: %s from %s since %s by TLS"
	case this:
		return "%d: %s from %s since %s (this one)"
	}
	return "%d: %s from %s since %s"
}

func clientsLogout(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	here := r.Server.ConnsOf(a.Name)
	if casemap.ASCII.Equal(r.Param(0), "all") {
		if len(here) < 2 && len(r.Server.Elsewhere(a.Name)) == 0 {
			return errNoClient
		}
		return change(r, func(ctx context.Context) error {
			return r.Server.Accounts.EndSessions(ctx, a.Name, r.Key(), loggedOut)
		}, "Your other clients have been disconnected, on all servers.")
	}
	for _, c := range here {
		if strconv.FormatUint(c.Number(), 10) == r.Param(0) {
			c.End(loggedOut)
			r.Notice("The client has been disconnected.")
			return nil
		}
	}
	return errNoClient
}

// loggedOut is what a client reads that another one of its account has ended.
const loggedOut lang.Text = "Logged out by another client"

var errNoClient = numerics.Fail{Text: "You have no such client. CLIENTS LIST shows their numbers."}
