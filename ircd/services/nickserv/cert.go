package nickserv

import (
	"context"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts"
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
		More:  []lang.Text{"A fingerprint is the SHA-256 of the certificate in hexadecimal. The label is for you, such as the name of the device."},
		Run:   certAdd,
	})
	_ = certs.Add(dispatch.Command{
		Name:  "DEL",
		Usage: "<fingerprint|label>",
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
	fingerprint, label := r.Param(0), rest(r, 1)
	if _, err := accounts.Fingerprint(fingerprint); err != nil && r.Peer.CertFP != "" {
		fingerprint, label = r.Peer.CertFP, rest(r, 0)
	}
	if fingerprint == "" {
		r.Notice("You are not connected with a certificate. Give the fingerprint of one: CERT ADD <fingerprint>.")
		return nil
	}
	if len(label) > 50 {
		label = label[:50]
	}
	return change(r, func(ctx context.Context) error {
		return r.Server.Accounts.AddCert(ctx, a.Name, fingerprint, strings.ToValidUTF8(label, ""))
	}, "The certificate can log you in now.")
}

func certDel(r *dispatch.Request) error {
	a, err := own(r)
	if err != nil {
		return err
	}
	fingerprint := r.Param(0)
	for _, c := range a.Certs {
		if c.Label != "" && c.Label == rest(r, 0) {
			fingerprint = c.Fingerprint
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
		r.Notice("%s, added on %s", strings.TrimSpace(c.Fingerprint+" "+c.Label), date(c.Added))
	}
	return nil
}
