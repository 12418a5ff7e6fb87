package commands

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/sasl"
)

var _ = add(dispatch.Command{
	Name:  "AUTHENTICATE",
	Usage: "<mechanism|data>",
	Help:  "Logs in to an account by SASL.",
	Spec:  "https://ircv3.net/specs/extensions/sasl-3.1",
	Phase: dispatch.AnyPhase,
	Run:   authenticate,
})

func authenticate(r *dispatch.Request) error {
	if r.Server.Accounts == nil {
		return numerics.SASLFail.With()
	}
	if x := r.SASL(); x != nil {
		return feed(r, x)
	}
	if r.Param(0) == "*" {
		r.AbortSASL()
		return numerics.SASLAborted.With()
	}
	name := strings.ToUpper(r.Param(0))
	if err := r.StartSASL(name); err != nil {
		if sasl.Second.Has(name) && r.Offered().Has(name) {
			return numerics.SASLFail.With().Because("SASL authentication failed: a second factor comes after a first one")
		}
		r.Reply(numerics.SASLMechanisms.With(r.Offered().String()))
		return numerics.SASLFail.With()
	}
	r.Send("AUTHENTICATE", "+")
	return nil
}

// feed gives the client's data to the exchange, and logs in if that ends it.
func feed(r *dispatch.Request, x *sasl.Exchange) error {
	if time.Now().After(x.Deadline()) {
		r.EndSASL()
		return numerics.SASLFail.With().Because("SASL authentication timed out")
	}
	var replies []string
	var done bool
	err := r.Wait(func(ctx context.Context) (err error) {
		replies, done, err = x.Feed(ctx, r.Param(0))
		return err
	})
	if errors.Is(err, sasl.ErrAborted) {
		r.AbortSASL()
		return numerics.SASLAborted.With()
	}
	if err != nil {
		r.EndSASL()
		r.InformOfLogin(err)
		return saslError(err)
	}
	for _, data := range replies {
		r.Send("AUTHENTICATE", data)
	}
	if !done {
		return nil
	}
	r.EndSASL()
	r.SetDevice(x.Device())
	proof, ok := x.Proof()
	if !ok {
		return numerics.SASLFail.With()
	}
	if err := r.Login(proof); err != nil {
		return refused(r, proof, err)
	}
	r.AbortSASL()
	r.Reply(numerics.SASLSuccess.With())
	return nil
}

// refused answers a client that has proved who it is and may not log in by that. One
// that knows of second factors is asked for one.
// https://github.com/ircv3/ircv3-specifications/pull/610
func refused(r *dispatch.Request, proof accounts.Proof, err error) error {
	switch {
	case errors.Is(err, accounts.ErrSecondFactor) && r.Has(caps.TwoFactor):
		r.AwaitSecond(proof)
		r.Send("AUTHENTICATE", "2FA-REQUIRED")
		return nil
	case errors.Is(err, accounts.ErrNoFactor):
		r.Fail(numerics.Fail{Command: "2FA", Code: "NO_CREDENTIALS", Text: "The account needs a second factor and has none. Ask an operator for help."})
	}
	return numerics.SASLFail.With().Because("SASL authentication failed: %s", dispatch.LoginText(err))
}

func saslError(err error) error {
	var quit dispatch.Quit
	switch {
	case errors.As(err, &quit):
		return err
	case errors.Is(err, sasl.ErrTooLong):
		return numerics.SASLTooLong.With()
	}
	if text, ok := dispatch.LoginReason(err); ok {
		return numerics.SASLFail.With().Because("SASL authentication failed: %s", text)
	}
	return numerics.SASLFail.With()
}
