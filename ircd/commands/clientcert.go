package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/wire"
)

const clientCertSpec = "https://github.com/ircv3/ircv3-specifications/pull/584"

var (
	_ = add(dispatch.Command{
		Name:        "CLIENTCERT",
		Usage:       "<subcommand> [<name>|<fingerprint>]",
		Help:        "Manages the TLS certificates that log you in: CREATE, LIST, DELETE.",
		More:        []lang.Text{"It is for clients. People are better served by NS CERT."},
		Spec:        clientCertSpec,
		Phase:       dispatch.AnyPhase,
		Cost:        5,
		Subcommands: clientCerts,
		Run: func(r *dispatch.Request) error {
			return numerics.Fail{Command: "CLIENTCERT", Code: "UNKNOWN_COMMAND", Context: []string{word(r.Param(0))}, Text: "The subcommands are CREATE, LIST and DELETE."}
		},
	})
	clientCerts = dispatch.Table{}
	_           = clientCert("CREATE", "<name>", "Lets the certificate of this connection log you in.", createCert)
	_           = clientCert("LIST", "", "Lists the certificates that log you in.", listCerts)
	_           = clientCert("DELETE", "[<fingerprint>]", "Removes a certificate, or that of this connection.", deleteCert)
)

func clientCert(name, usage string, help lang.Text, run func(*dispatch.Request, *accounts.Account) error) bool {
	return clientCerts.Add(dispatch.Command{
		Name: name, Usage: usage, Help: help, Spec: clientCertSpec, Phase: dispatch.AnyPhase, Cost: 5, Quiet: true,
		Run: func(r *dispatch.Request) error {
			if r.Server.Accounts == nil || r.Account() == "" {
				return certFail(r, "NOT_AUTHENTICATED", "Log in to your account first.")
			}
			a := r.Server.Accounts.Lookup(r.Account())
			if a == nil {
				return certFail(r, "NOT_AUTHENTICATED", "Log in to your account first.")
			}
			return run(r, a)
		},
	})
}

func certFail(r *dispatch.Request, code string, text lang.Text) error {
	return numerics.Fail{Command: "CLIENTCERT", Code: code, Context: []string{strings.ToUpper(r.Param(0))}, Text: text}
}

// certError is the answer to an error: the proposal has one code for what a server
// cannot do, whatever the reason.
func certError(r *dispatch.Request, err error) error {
	var quit dispatch.Quit
	for _, x := range []struct {
		err  error
		text lang.Text
	}{
		{accounts.ErrCertTaken, "This certificate belongs to another account."},
		{accounts.ErrLimit, "You have as many certificates as you may have."},
		{accounts.ErrNoSuch, "You have no such certificate."},
		{accounts.ErrCertificate, "This is not the fingerprint of a certificate."},
		{accounts.ErrSuspended, "The account is suspended."},
	} {
		if errors.Is(err, x.err) {
			return certFail(r, "INTERNAL_ERROR", x.text)
		}
	}
	if errors.As(err, &quit) {
		return err
	}
	return unavailable(err, func(string, lang.Text) error {
		return certFail(r, "INTERNAL_ERROR", "This could not be stored just now. Try again later.")
	})
}

// maxCertName is how long the name of a certificate may be, in bytes.
const maxCertName = 64

func createCert(r *dispatch.Request, a *accounts.Account) error {
	switch {
	case r.Peer.CertFP == "":
		return certFail(r, "NOCERT", "You are not connected with a certificate.")
	case !r.Fresh():
		return certFail(r, "NOT_AUTHENTICATED", "Log in again first: your client may have been left alone.")
	}
	name := casemap.Truncate(strings.ToValidUTF8(r.Param(1), ""), maxCertName)
	err := r.Wait(func(ctx context.Context) error {
		return r.Server.Accounts.PinCert(ctx, a.Name, name, r.Peer.CertFP, r.Peer.CertFP512)
	})
	if err != nil {
		return certError(r, err)
	}
	r.Send("CLIENTCERT", "CREATE")
	return nil
}

func listCerts(r *dispatch.Request, a *accounts.Account) error {
	var l accounts.Logins
	err := r.Wait(func(ctx context.Context) (err error) {
		l, err = r.Server.Accounts.Logins(ctx, a.Name)
		return err
	})
	if err != nil {
		return certError(r, err)
	}
	ref := ""
	if r.Has(caps.Batch) {
		ref = r.Session.StartBatch("draft/client-cert")
	}
	for _, c := range a.Certs {
		params := []string{"LIST", strings.ToUpper(c.SHA512())}
		if c.Label != "" {
			params = append(params, wire.Attribute("name", c.Label))
		}
		for _, digest := range []string{c.Fingerprint, c.Other} {
			if use, ok := l.Uses[digest]; ok && digest != "" {
				params = append(params, wire.Attribute("time", use.At.UTC().Format("2006-01-02T15:04:05.000Z")), wire.Attribute("ip", use.Address))
			}
		}
		r.Session.ReplyInBatch(ref, &wire.Message{Source: r.Server.Name(), Command: "CLIENTCERT", Params: params})
	}
	r.Session.EndBatch(ref)
	return nil
}

func deleteCert(r *dispatch.Request, a *accounts.Account) error {
	fingerprint := r.Param(1)
	if fingerprint == "" {
		if fingerprint = r.Peer.CertFP; fingerprint == "" {
			return certFail(r, "NOCERT", "You are not connected with a certificate. Give the fingerprint of one.")
		}
	}
	err := r.Wait(func(ctx context.Context) error { return r.Server.Accounts.RemoveCert(ctx, a.Name, fingerprint) })
	if err != nil {
		return certError(r, err)
	}
	r.Send("CLIENTCERT", append([]string{"DELETE"}, r.Message.Params[1:]...)...)
	return nil
}
