package config

import (
	"strings"
	"time"
)

// Mail to the owners of accounts: codes that confirm their address, or let them choose
// another password when they have forgotten theirs.
type Mail struct {
	// Send mail. Otherwise addresses are not confirmed, and who forgets a password
	// has to ask an operator.
	Enabled bool `toml:"enabled"`
	// The address that mail is from. Answers to it are read by nobody here.
	From string `toml:"from" form:"email"`
	// How mail is delivered: "submission", by a mail server that knows this one;
	// "direct", to the mail servers of the receivers, which believe it only if the
	// address of this host has a name, and mail is signed.
	Delivery string `toml:"delivery" oneof:"submission|direct"`
	// The mail server, for submission.
	Host string `toml:"host" form:"host"`
	// Its port: 587 for STARTTLS, 465 for TLS.
	Port int `toml:"port" range:"1..65535"`
	// How the connection to it is encrypted: "starttls", "implicit" (TLS from the
	// beginning), or "none", for a mail server on this machine.
	TLS string `toml:"tls" oneof:"starttls|implicit|none"`
	// The name by which it knows this server. Empty if it asks for none.
	Username string `toml:"username"`
	// The password for it.
	Password string `toml:"password" secret:"true"`
	// The name by which this host introduces itself. Empty for that of the server.
	Helo string `toml:"helo" form:"server"`
	// How long a mail server may take to answer.
	Timeout Duration `toml:"timeout" range:"1s..5m"`
	// Masks of addresses that cannot be used, such as "*@example.org".
	Refuse []string `toml:"refuse" form:"word"`
	// How many letters are sent within an hour. 0: any number.
	PerHour int `toml:"per-hour" range:"0..1000000"`
	// How many letters are delivered at the same time.
	Workers int `toml:"workers" range:"1..64"`
	// Deliver directly also to addresses that are not public, as on a network without
	// the Internet. Whoever gives an address chooses where this server connects to.
	Private bool `toml:"private-addresses"`
	// Signatures (DKIM) by which receivers recognise mail of the domain.
	DKIM DKIM `toml:"dkim"`
}

// Signatures of mail. The public half of the key is in the DNS, in the TXT record
// SELECTOR._domainkey.DOMAIN.
type DKIM struct {
	// The domain of the address that mail is from. Empty for no signatures.
	Domain string `toml:"domain" form:"server"`
	// The selector: which key of the domain it is.
	Selector string `toml:"selector" form:"host"`
	// The file with the private key, RSA or Ed25519, in PEM. It is read again at each
	// rehash.
	Key string `toml:"key" form:"path"`
}

func defaultMail() Mail {
	return Mail{
		Delivery: "submission",
		Port:     587,
		TLS:      "starttls",
		Timeout:  Duration(30 * time.Second),
		Refuse:   []string{},
		PerHour:  500,
		Workers:  2,
	}
}

// mail reports what is missing to send mail, or without it.
func (d *decoder) mail(c *Config) {
	m := c.Mail
	switch {
	case !m.Enabled && c.Accounts.Registration.EmailRequired:
		d.bad("accounts.registration.email-required", "needs mail to confirm addresses with; write enabled = true in [mail]")
	case !m.Enabled:
		return
	}
	if m.From == "" {
		d.bad("mail.from", "is missing; write %s", forms["email"].right)
	}
	if m.Delivery == "submission" && m.Host == "" {
		d.bad("mail.host", `is missing; write the name of the mail server, or delivery = "direct"`)
	}
	if m.TLS == "none" && m.Password != "" && !onThisMachine(m.Host) {
		d.bad("mail.tls", `sends the password for everybody to read; write "starttls" or "implicit"`)
	}
	k := m.DKIM
	if (k.Domain == "") != (k.Key == "") || (k.Domain == "") != (k.Selector == "") {
		d.bad("mail.dkim.domain", "needs a selector and a key, and they need a domain; write all three or none")
	}
}

func onThisMachine(host string) bool {
	return host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1"
}
