package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/parley-irc/parley/ircd/outbound"
)

// A Direct delivers messages to the servers of their receivers itself. Those believe
// it if messages are signed and the address of this host has a name.
type Direct struct {
	Helo    string
	Timeout time.Duration
	Signer  *mail.DKIMSigner // nil: messages are not signed
	// Private lets servers have addresses that are not public.
	Private bool
	// Port and Lookup are what tests change: 25 and the resolver's.
	Port   int
	Lookup func(ctx context.Context, domain string) ([]*net.MX, error)
}

// Deliver implements Transport.
func (d *Direct) Deliver(ctx context.Context, m *mail.Msg) error {
	to, err := m.GetRecipients()
	if err != nil || len(to) != 1 {
		return fmt.Errorf("%w: %d receivers: %w", ErrFinal, len(to), err)
	}
	hosts, err := d.hosts(ctx, domain(strings.Trim(to[0], "<>")))
	if err != nil {
		return err
	}
	var all []error
	for _, host := range hosts {
		err := d.deliverTo(ctx, host, m)
		if err == nil || errors.Is(err, ErrFinal) {
			return err
		}
		all = append(all, fmt.Errorf("%s: %w", host, err))
	}
	return errors.Join(all...)
}

// mostHosts is how many servers of a domain are tried.
const mostHosts = 5

// hosts returns the mail servers of a domain, the preferred first (RFC 5321, 5.1). A
// domain can say that it takes no mail (RFC 7505).
func (d *Direct) hosts(ctx context.Context, domain string) (hosts []string, err error) {
	lookup := d.Lookup
	if lookup == nil {
		lookup = net.DefaultResolver.LookupMX
	}
	list, err := lookup(ctx, domain+".")
	var none *net.DNSError
	switch {
	case errors.As(err, &none) && none.IsNotFound:
		return []string{domain}, nil
	case err != nil && len(list) == 0:
		return nil, fmt.Errorf("look up the mail servers: %w", err)
	case len(list) == 1 && strings.Trim(list[0].Host, ".") == "":
		return nil, fmt.Errorf("%w: %s takes no mail", ErrFinal, domain)
	}
	for _, mx := range list[:min(len(list), mostHosts)] {
		hosts = append(hosts, strings.TrimSuffix(mx.Host, "."))
	}
	return hosts, nil
}

func (d *Direct) deliverTo(ctx context.Context, host string, m *mail.Msg) error {
	port := d.Port
	if port == 0 {
		port = 25
	}
	o := append(common(port, d.Timeout, d.Helo, d.Signer),
		mail.WithTLSPolicy(mail.TLSOpportunistic),
		// Whoever could show a false certificate could as well say that there is no
		// TLS: between mail servers it is against those who only listen.
		mail.WithTLSConfig(&tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}),
		mail.WithDialContextFunc(outbound.Dialer(d.Private, d.Timeout).DialContext))
	c, err := mail.NewClient(host, o...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFinal, err)
	}
	return send(ctx, c, m)
}
