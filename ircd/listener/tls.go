package listener

import "crypto/tls"

// TLSConfig returns the configuration of listeners with these certificates.
// min is the lowest version, "1.2" or "1.3"; anything else is 1.2.
//
// Clients are asked for a certificate, and one signed by themselves will do: it
// is only a name for their key (Conn.CertFP). The ALPN protocol is "irc", or
// "http/1.1" on WebSocket listeners, which ask for no certificate because
// browsers would bother their users with the question. A client that names other
// protocols only is refused, so that no web page can be made to speak IRC over TLS.
func TLSConfig(certs *Certificates, min string) *tls.Config {
	c := &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: certs.choose,
		ClientAuth:     tls.RequestClientCert,
		NextProtos:     []string{"irc"},

		GetConfigForClient: certs.challenge,
	}
	if min == "1.3" {
		c.MinVersion = tls.VersionTLS13
	}
	return c
}

// listenerTLS adapts a configuration to one listener.
func listenerTLS(shared *tls.Config, webSocket bool) *tls.Config {
	c := shared.Clone()
	if webSocket {
		c.NextProtos, c.ClientAuth = []string{"http/1.1"}, tls.NoClientCert
	}
	next := c.GetConfigForClient
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if g, ok := hello.Conn.(*gated); ok {
			g.enter()
		}
		if next != nil {
			return next(hello)
		}
		return nil, nil
	}
	return c
}
