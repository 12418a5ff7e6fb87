package server

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/mail"
)

// MailOptions are how the configuration wants mail to be sent.
func MailOptions(c *config.Config, log *slog.Logger) (mail.Options, error) {
	m := c.Mail
	o := mail.Options{
		From: m.From, Network: c.Network.Name, Refuse: m.Refuse, Workers: m.Workers, PerHour: m.PerHour, Log: log,
	}
	helo, timeout := m.Helo, time.Duration(m.Timeout)
	if helo == "" {
		helo = c.Server.Name
	}
	relay := &mail.Relay{Host: m.Host, Port: m.Port, TLS: m.TLS, Username: m.Username, Password: m.Password, Helo: helo, Timeout: timeout}
	direct := &mail.Direct{Helo: helo, Timeout: timeout, Private: m.Private}
	if m.Enabled && m.DKIM.Key != "" {
		signer, err := mail.ReadSigner(m.DKIM.Domain, m.DKIM.Selector, m.DKIM.Key)
		if err != nil {
			return o, fmt.Errorf("the key for signatures of mail: %w", err)
		}
		relay.Signer, direct.Signer = signer, signer
	}
	if o.Transport = relay; m.Delivery == "direct" {
		o.Transport = direct
	}
	return o, nil
}

// openMail makes what sends mail, if there is any to be sent.
func (s *Server) openMail() error {
	o, err := MailOptions(s.config, s.Log)
	s.mailer = mail.New(o)
	s.finallyClose(func() {
		if left := s.mailer.Close(); left > 0 {
			s.Log.Warn("mail is not sent any more", "letters", left)
		}
	})
	return err
}

// configureAccounts takes over what the configuration says of accounts and mail. Those
// who were asked before answer what they have been asked.
func (s *Server) configureAccounts(c *config.Config, o mail.Options, a *Authorities) {
	s.mailer.Configure(o)
	before := s.authorities
	s.authorities = a
	s.loops.Go(before.Close)
	if err := s.accounts.Configure(s.accountOptions(c)); err != nil {
		s.Log.Error("the accounts keep their options", "error", err) // prepare has seen to it
	}
}
