// Package directory asks an LDAP directory whose a name and a password are.
//
// The directory checks the password itself, by a bind as the person's entry, which either
// is made from the name or searched for. https://www.rfc-editor.org/rfc/rfc4511
package directory

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
)

// Name is what accounts are tied to.
const Name = "ldap"

// Options are how a directory is asked.
type Options struct {
	URL      string // ldaps:// or ldap://
	StartTLS bool
	CA       []byte // in PEM; nil: the system's

	// User is the entry of a person, with %s for the name; "" to search for it:
	User         string
	BindDN       string // who searches; "": anybody
	BindPassword string
	Base         string
	Filter       string // with %s for the name

	Name           string   // the attribute of the account's name
	Email          string   // that of the address, or ""
	Groups         []string // of one of which a person must be; nil: everybody
	GroupAttribute string

	Workers int // who are asked about at once
	Timeout time.Duration
	Rule    accounts.Rule
	Log     *slog.Logger
}

// A Directory is an accounts.Authority. It may be used by several goroutines.
type Directory struct {
	o      Options
	tls    *tls.Config
	groups []*ldap.DN
	slots  chan struct{}
}

// New returns a directory, which is not asked before it has to be.
func New(o Options) (*Directory, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	d := &Directory{o: o, slots: make(chan struct{}, o.Workers), tls: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}
	if o.CA != nil {
		d.tls.RootCAs = x509.NewCertPool()
		if !d.tls.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("the certificate of the authority is no certificate in PEM")
		}
	}
	for _, g := range o.Groups {
		dn, err := ldap.ParseDN(g)
		if err != nil {
			return nil, fmt.Errorf("the group %q: %w", g, err)
		}
		d.groups = append(d.groups, dn)
	}
	return d, nil
}

// Check implements accounts.Authority.
func (d *Directory) Check(ctx context.Context, name, pw string, _ netip.Addr) (id accounts.Identity, rule accounts.Rule, err error) {
	if name == "" || pw == "" { // a bind without a password succeeds, and proves nothing
		return id, rule, accounts.ErrCredentials
	}
	ctx, cancel := context.WithTimeout(ctx, d.o.Timeout)
	defer cancel()
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		return id, rule, fmt.Errorf("%w: %w", accounts.ErrAuthority, ctx.Err())
	}
	entry, err := d.find(ctx, name, pw)
	if err == nil {
		id, err = d.identity(entry, name)
	}
	if err != nil && !errors.Is(err, accounts.ErrCredentials) {
		d.o.Log.Warn("the directory that knows accounts does not know", "error", err)
		err = fmt.Errorf("%w: %w", accounts.ErrAuthority, err)
	}
	return id, d.o.Rule, err
}

// connect returns a connection that ends with ctx.
func (d *Directory) connect(ctx context.Context) (*ldap.Conn, error) {
	dialer := &net.Dialer{Timeout: d.o.Timeout}
	conn, err := ldap.DialURL(d.o.URL, ldap.DialWithDialer(dialer), ldap.DialWithTLSConfig(d.tls))
	if err != nil {
		return nil, err
	}
	conn.SetTimeout(d.o.Timeout)
	context.AfterFunc(ctx, func() { conn.Close() })
	if d.o.StartTLS {
		if err := conn.StartTLS(d.tls); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

// find returns the entry of a person whose password is right.
func (d *Directory) find(ctx context.Context, name, pw string) (*ldap.Entry, error) {
	conn, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if d.o.User != "" {
		dn := strings.Replace(d.o.User, "%s", ldap.EscapeDN(name), 1)
		if err := conn.Bind(dn, pw); err != nil {
			return nil, judge(err)
		}
		return d.search(conn, dn, ldap.ScopeBaseObject, "(objectClass=*)")
	}
	if d.o.BindDN != "" {
		if err := conn.Bind(d.o.BindDN, d.o.BindPassword); err != nil {
			return nil, fmt.Errorf("as who searches: %w", err)
		}
	}
	filter := strings.Replace(d.o.Filter, "%s", ldap.EscapeFilter(name), 1)
	entry, err := d.search(conn, d.o.Base, ldap.ScopeWholeSubtree, filter)
	if err != nil {
		return nil, err
	}
	return entry, judge(conn.Bind(entry.DN, pw))
}

// judge tells a wrong password from other trouble.
func judge(err error) error {
	if ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax,
		ldap.LDAPResultInappropriateAuthentication) {
		return accounts.ErrCredentials
	}
	return err
}

// identifiers are attributes that stay when an entry gets another name.
var identifiers = []string{"entryUUID", "objectGUID"}

// search returns the only entry that is found.
func (d *Directory) search(conn *ldap.Conn, base string, scope int, filter string) (*ldap.Entry, error) {
	wanted := append([]string{d.o.Name}, identifiers...)
	for _, a := range []string{d.o.Email, d.o.GroupAttribute} {
		if a != "" {
			wanted = append(wanted, a)
		}
	}
	r := ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 2, int(d.o.Timeout/time.Second)+1, false, filter, wanted, nil)
	found, err := conn.Search(r)
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded):
		return nil, errors.New("there are several people of the name")
	case err != nil:
		return nil, judge(err)
	case len(found.Entries) > 1:
		return nil, errors.New("there are several people of the name")
	case len(found.Entries) == 0:
		return nil, accounts.ErrCredentials
	}
	return found.Entries[0], nil
}

// identity returns whom an entry is of.
func (d *Directory) identity(e *ldap.Entry, name string) (id accounts.Identity, err error) {
	if !d.belongs(e) {
		return id, accounts.ErrCredentials
	}
	id = accounts.Identity{Authority: Name, Subject: subject(e), Name: e.GetEqualFoldAttributeValue(d.o.Name)}
	if id.Name == "" {
		return id, fmt.Errorf("the entry of %q has no %s", name, d.o.Name)
	}
	if d.o.Email != "" {
		id.Email = e.GetEqualFoldAttributeValue(d.o.Email)
		id.Confirmed = id.Email != ""
	}
	return id, nil
}

func subject(e *ldap.Entry) string {
	for _, a := range identifiers {
		if v := e.GetRawAttributeValue(a); len(v) > 0 {
			return a + ":" + hex.EncodeToString(v)
		}
	}
	return string(casemap.ASCII.Fold(e.DN))
}

// belongs reports whether an entry is of a group that may log in.
func (d *Directory) belongs(e *ldap.Entry) bool {
	if len(d.groups) == 0 {
		return true
	}
	return slices.ContainsFunc(e.GetEqualFoldAttributeValues(d.o.GroupAttribute), func(g string) bool {
		dn, err := ldap.ParseDN(g)
		return err == nil && slices.ContainsFunc(d.groups, dn.EqualFold)
	})
}
