package commands

import (
	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
)

var (
	_ = add(dispatch.Command{
		Name:  "OPER",
		Usage: "<name> [<password>] [<code>]",
		Help:  "Makes you a server operator.",
		More:  []lang.Text{"The code is that of your second factor, if you have one. Operators who have no password leave it out."},
		Cost:  10,
		Run:   oper,
	})
	_ = add(dispatch.Command{
		Name:  "DEOPER",
		Usage: "[<nick>]",
		Help:  "Ends that you are a server operator, or that somebody else is.",
		More:  []lang.Text{"For somebody else it takes the privilege deoper."},
		Run:   deoper,
	})
)

// maxOperFailures is how often within an hour one address may fail to become an
// operator.
const maxOperFailures = 10

func oper(r *dispatch.Request) error {
	name := r.Param(0)
	if !r.Server.OperFailures.Below(r.RealAddr(), maxOperFailures) {
		return numerics.PasswdMismatch.With().Because("Too many failed attempts from your address; try again in an hour")
	}
	for i := range r.Server.Config().Opers {
		o := &r.Server.Config().Opers[i]
		if o.Name == name && proves(r, o) {
			r.BecomeOper(o)
			return nil
		}
	}
	r.Server.OperFailures.Count(r.RealAddr())
	r.Blame("oper failed", tried(r.Server.Config(), name))
	r.Audit(audit.OperFailed, tried(r.Server.Config(), name), r.RealAddr())
	return numerics.PasswdMismatch.With()
}

// tried is the name that somebody has given to OPER, if it is one of an operator.
// Another may be a password.
func tried(c *config.Config, name string) string {
	for i := range c.Opers {
		if c.Opers[i].Name == name {
			return name
		}
	}
	return "of an unknown name"
}

// proves reports whether the client has all that the operator's block asks for.
func proves(r *dispatch.Request, o *config.Oper) bool {
	if o.CertFP == "" && o.Password == "" && o.Account == "" || !r.Fits(o) {
		return false
	}
	code := r.Param(1)
	if o.Password != "" {
		if !verify(r, o.Password, r.Param(1)) {
			return false
		}
		code = r.Param(2)
	}
	return o.TOTP == "" || r.Server.OperCodes.Check(o.Name, o.TOTP, code, r.Server.Now())
}

func deoper(r *dispatch.Request) error {
	target := r.User
	if r.Param(0) != "" {
		u, err := r.Target(0)
		if err != nil {
			return err
		}
		target = u
	}
	switch {
	case !r.User.Identity().IsOper():
		return numerics.NoPrivileges.With()
	case target != r.User && !r.May(privs.Deoper):
		return numerics.NoPrivs.With(privs.Deoper.String())
	case !target.Identity().IsOper():
		return numerics.NoSuchNick.With(target.Nick()).Because("This is no operator")
	}
	r.Audit(audit.Deoper, target.Nick(), "")
	r.Server.Deoper(r.Actor(), target)
	return nil
}
