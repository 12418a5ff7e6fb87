package nickserv

import (
	"context"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

var (
	_ = add(dispatch.Command{
		Name:        "CERT",
		Help:        "Lets TLS client certificates log you in, one for each of your devices.",
		Subcommands: certs,
	})
	certs = dispatch.Table{}
	_     = certs.Add(dispatch.Command{
		Name:  "ADD",
		Usage: "[<fingerprint>] [<label>]",
		Help:  "Adds a certificate, or the one that you are connected with.",
		More:  []lang.Text{"A fingerprint is the SHA-256 or the SHA-512 of the certificate in hexadecimal. The label is for you, such as the name of the device."},
		Run:   certAdd,
	})
	_ = certs.Add(dispatch.Command{
		Name:  "DEL",
		Usage: "<fingerprint|label|number>",
		Help:  "Removes a certificate.",
		Run:   certDel,
	})
	_ = certs.Add(dispatch.Command{
		Name: "LIST",
		Help: "Lists your certificates.",
		Run:  certList,
	})
)

func certAdd(r *dispatch.Request) error {
	a, err := mine(r)
	if err != nil {
		return err
	}
	fingerprint, label, own := r.Param(0), r.Rest(1), false
	if _, err := accounts.Fingerprint(fingerprint); err != nil && r.Peer.CertFP != "" {
		fingerprint, label, own = r.Peer.CertFP, r.Rest(0), true
	}
	switch {
	case fingerprint == "":
		r.Notice("You are not connected with a certificate. Give the fingerprint of one: CERT ADD <fingerprint>.")
		return nil
	case slices.ContainsFunc(a.Certs, func(c accounts.Cert) bool { return c.Is(fingerprint) }):
		return explain(accounts.ErrCertTaken)
	}
	label = casemap.Truncate(strings.ToValidUTF8(label, ""), 64)
	return change(r, func(ctx context.Context) error {
		if own {
			return r.Server.Accounts.PinCert(ctx, a.Name, label, fingerprint, r.Peer.CertFP512)
		}
		return r.Server.Accounts.AddCert(ctx, a.Name, fingerprint, label)
	}, "The certificate can log you in now.")
}

func certDel(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	fingerprint := r.Param(0)
	for i, c := range a.Certs {
		if c.Label != "" && c.Label == r.Rest(0) || number(fingerprint) == i+1 {
			fingerprint = c.Fingerprint
			break
		}
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.RemoveCert(ctx, a.Name, fingerprint)
	}, "The certificate has been removed.")
}

func certList(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	if len(a.Certs) == 0 {
		r.Notice("You have no certificates.")
	}
	for _, c := range a.Certs {
		r.Notice("%s, added on %s", strings.TrimSpace(c.Fingerprint+" "+c.Label), lang.Date(c.Added))
	}
	return nil
}
