package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/wneessen/go-mail"
)

// How the connection to a Relay is encrypted.
const (
	StartTLS = "starttls"
	Implicit = "implicit"
	Plain    = "none"
)

// A Relay is a mail server that knows us and delivers for us: submission, RFC 6409.
type Relay struct {
	Host     string
	Port     int
	TLS      string // StartTLS, Implicit or Plain
	Username string // "": it asks for none
	Password string
	Helo     string // the name of this host
	Timeout  time.Duration
	Signer   *mail.DKIMSigner // nil: the relay signs

	roots *x509.CertPool // nil: those of the system
}

// Deliver implements Transport.
func (r *Relay) Deliver(ctx context.Context, m *mail.Msg) error {
	o := append(common(r.Port, r.Timeout, r.Helo, r.Signer), mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithTLSConfig(&tls.Config{ServerName: r.Host, MinVersion: tls.VersionTLS12, RootCAs: r.roots}))
	switch r.TLS {
	case Implicit:
		o = append(o, mail.WithSSL())
	case Plain:
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
	}
	if r.Username != "" {
		o = append(o, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(r.Username), mail.WithPassword(r.Password))
		if r.TLS == Plain { // the configuration allows it for this machine only
			o = append(o, mail.WithSMTPAuth(mail.SMTPAuthPlainNoEnc))
		}
	}
	c, err := mail.NewClient(r.Host, o...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFinal, err)
	}
	return send(ctx, c, m)
}

// common are the options of every connection.
func common(port int, timeout time.Duration, helo string, signer *mail.DKIMSigner) []mail.Option {
	o := []mail.Option{mail.WithPort(port), mail.WithTimeout(timeout), mail.WithHELO(helo), mail.WithoutNoop(), mail.WithoutRset()}
	if signer != nil {
		o = append(o, mail.WithAlwaysDKIMSign(signer))
	}
	return o
}
