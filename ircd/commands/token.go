package commands

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/authtoken"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

const tokenSpec = "https://github.com/ircv3/ircv3-specifications/pull/602"

var _ = add(dispatch.Command{
	Name:  "TOKEN",
	Usage: "<subcommand> [<parameter>...]",
	Help:  "Gets a token by which a service elsewhere, such as one for uploads, knows who you are; or, for such a service, says what a token means.",
	More:  []lang.Text{"Clients do it for you. A token is of use once, and for some minutes."},
	Spec:  tokenSpec,
	Phase: dispatch.AnyPhase,
	Quiet: true,
	Subcommands: tokenTable(
		dispatch.Command{Name: "SERVICELIST", Help: "Lists the services.", Run: tokenServices},
		dispatch.Command{Name: "GENERATE", Usage: "<service> [<scope>]", Help: "Gets a token for a service; the scope is the channel or nick that it is for.", Cost: 10, Run: tokenGenerate},
		dispatch.Command{Name: "VALIDATE", Usage: "<service> <url> <token>", Help: "Shows what a token means, to the service that it is for.", Cost: 2, Run: tokenValidate},
	),
	Run: func(r *dispatch.Request) error {
		if err := tokensAvailable(r); err != nil {
			return err
		}
		return tokenUnknown.With(word(r.Param(0)))
	},
})

var (
	tokenUnknown    = numerics.Fail{Command: "TOKEN", Code: "UNKNOWN_COMMAND", Text: "There is no such subcommand"}
	tokenService    = numerics.Fail{Command: "TOKEN", Code: "UNKNOWN_SERVICE", Text: "There is no such service"}
	tokenAccount    = numerics.Fail{Command: "TOKEN", Code: "ACCOUNT_REQUIRED", Text: "Log in to an account first: the service takes no others"}
	tokenScope      = numerics.Fail{Command: "TOKEN", Code: "INVALID_SCOPE", Text: "There is no such channel or user"}
	tokenForbidden  = numerics.Fail{Command: "TOKEN", Code: "NO_PERMISSIONS", Text: "You are not in this channel"}
	tokenForeign    = numerics.Fail{Command: "TOKEN", Code: "NO_PERMISSIONS", Text: "Only the service itself may do that"}
	tokenInvalid    = numerics.Fail{Command: "TOKEN", Code: "INVALID_TOKEN", Text: "The token is not valid"}
	tokenCapability = numerics.Fail{Command: "TOKEN", Code: "NEED_CAPABILITY", Text: "Enable this capability first"}
	tokenLate       = numerics.Fail{Command: "TOKEN", Code: "TIMEOUT", Text: "The rest of the token did not come in time"}
	tokenTrouble    = numerics.Fail{Command: "TOKEN", Code: "INTERNAL_ERROR", Text: "The server could not do this. Try again later."}
)

// tokenTable returns the subcommands, which only exist where there are services.
func tokenTable(all ...dispatch.Command) dispatch.Table {
	t := dispatch.Table{}
	for _, c := range all {
		run, least := c.Run, c.MinParams()+1 // the name of the subcommand is one
		c.Phase, c.Quiet, c.Spec = dispatch.AnyPhase, true, tokenSpec
		c.Run = func(r *dispatch.Request) error {
			if err := tokensAvailable(r); err != nil {
				return err
			}
			if len(r.Message.Params) < least {
				return numerics.NeedMoreParams.With("TOKEN")
			}
			return run(r)
		}
		t.Add(c)
	}
	return t
}

func tokensAvailable(r *dispatch.Request) error {
	if r.Server.Tokens == nil || len(r.Server.Config().AuthToken.Services) == 0 {
		return numerics.UnknownCommand.With("TOKEN")
	}
	return nil
}

// serviceOf returns the service of this name, or nil.
func serviceOf(r *dispatch.Request, name string) *config.AuthService {
	services := r.Server.Config().AuthToken.Services
	for i := range services {
		if casemap.ASCII.Equal(services[i].Name, name) {
			return &services[i]
		}
	}
	return nil
}

func tokenServices(r *dispatch.Request) error {
	for _, s := range r.Server.Config().AuthToken.Services {
		r.Send("NOTE", "TOKEN", "SERVICE", s.Name, s.URL, cmp.Or(s.Description, s.Name))
	}
	r.Note(numerics.Fail{Command: "TOKEN", Code: "END_OF_LIST", Text: "End of the list of services"})
	return nil
}

// tokenGenerate issues a token. It says who the client is; what else it means is found
// out when the service asks.
func tokenGenerate(r *dispatch.Request) error {
	s := serviceOf(r, r.Param(1))
	switch {
	case r.User == nil:
		return numerics.NotRegistered.With()
	case !r.Has(caps.Batch):
		return tokenCapability.With("batch")
	case s == nil:
		return tokenService.With(word(r.Param(1)))
	}
	scope, err := scopeOf(r, r.Param(2))
	if err != nil {
		return err
	}
	t := authtoken.Token{
		Service: s.Name, URL: s.URL, UID: r.User.UID(), Scope: scope,
		Expires: r.Server.Now().Add(time.Duration(r.Server.Config().AuthToken.Lifetime)).UTC(),
	}
	if since, ok := r.AccountSince(); ok {
		t.Account, t.Owner = string(r.Server.Network.World.Mapping.Fold(r.User.Account())), since
	} else if !s.Guests {
		return tokenAccount
	}
	var text string
	err = r.Wait(func(ctx context.Context) (err error) {
		text, err = r.Server.Tokens.Issue(ctx, t)
		return err
	})
	if err != nil {
		return tokenFailed(r, err)
	}
	r.Send("TOKEN", "GENERATE", s.Name, s.URL, text)
	return nil
}

// scopeOf returns the name of the channel or user that a token is for. A channel has to
// be one that the client is in; to others a secret one does not exist.
func scopeOf(r *dispatch.Request, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	w := r.Server.Network.World
	if ch := w.Channel(name); ch != nil && r.CanSee(ch) {
		if member(ch, r.User) == nil {
			return "", tokenForbidden.With(ch.Name())
		}
		return ch.Name(), nil
	}
	if u := w.User(name); u != nil {
		return u.Nick(), nil
	}
	return "", tokenScope.With(word(name))
}

func member(ch *state.Channel, u *state.User) (m *state.Member) {
	ch.View(func(v state.View) { m = v.Member(u) })
	return m
}

// tokenFailed is the answer when tokens cannot be kept.
func tokenFailed(r *dispatch.Request, err error) error {
	var quit dispatch.Quit
	if errors.As(err, &quit) || errors.Is(err, context.Canceled) {
		return err
	}
	r.Server.Log.Error("a token could not be kept", "error", err)
	return tokenTrouble
}

// lines joins words into lines of at most max bytes; all but the first begin with a
// space, so that they can be put together again.
func lines(words []string, max int) (all []string) {
	for i, line := range caps.Wrap(words, max-1) {
		if i > 0 {
			line = " " + line
		}
		if line = strings.TrimSuffix(line, " "); line != "" {
			all = append(all, line)
		}
	}
	return all
}
