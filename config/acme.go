package config

// Certificates from an authority that speaks ACME, such as Let's Encrypt, without any
// other program: the server gets one for its names, and renews it in time. Until it has
// one, the self-signed one is used. Nothing waits for it, and nobody is disconnected.
type ACME struct {
	// Get certificates.
	Enabled bool `toml:"enabled"`
	// The names of the server that clients connect to. All have to lead to it.
	Domains []string `toml:"domains" form:"domain"`
	// Whom the authority writes to if something is wrong. Empty for nobody.
	Email string `toml:"email" form:"email"`
	// That you have read what the authority asks of you, and agree to it.
	AcceptTerms bool `toml:"accept-terms"`
	// The address at which the authority offers its service.
	Directory string `toml:"directory" form:"url" required:"true"`
	// Where the authority looks whether the names are yours, ":80" from outside. Empty if
	// it can do that by TLS: then port 443 has to lead to a listener that speaks TLS.
	HTTPListen string `toml:"http-listen" form:"address"`
	// By what some authorities know their customers: the identifier of a key.
	EABKeyID string `toml:"eab-key-id"`
	// The key, in base64url.
	EABKey string `toml:"eab-key" secret:"true"`
	// The file with the certificate of the authority's own service, if that is none that
	// this machine knows. Empty otherwise.
	CA string `toml:"ca" form:"path"`
}

func defaultACME() ACME {
	return ACME{Domains: []string{}, Directory: "https://acme-v02.api.letsencrypt.org/directory"}
}

func (d *decoder) acme(c *Config) {
	a := &c.TLS.ACME
	if !a.Enabled {
		return
	}
	if len(a.Domains) == 0 {
		d.bad("tls.acme.domains", "is missing; write the names that clients connect to, such as [\"irc.example.org\"]")
	}
	if !a.AcceptTerms {
		d.bad("tls.acme.accept-terms", "is false; read the terms of the authority and write true")
	}
	if (a.EABKeyID == "") != (a.EABKey == "") {
		d.bad("tls.acme.eab-key", "and eab-key-id belong together; write both or none")
	}
	secure := false
	for _, l := range c.Listeners {
		secure = secure || l.TLS
	}
	if !secure && !c.API.TLS {
		d.bad("tls.acme.enabled", "is of no use, because no listener speaks TLS; write tls = true into a [[listener]]")
	}
}
