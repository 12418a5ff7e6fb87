package config

import "time"

// Encryption. Certificates are read again at each rehash (SIGHUP), so a renewed
// one needs no restart; while a new one is faulty, the old one stays in use.
type TLS struct {
	// The file with the certificate, followed by those of its issuers. Empty for
	// a self-signed one, which the server makes in its data folder: enough to try
	// things out, but clients will warn of it.
	Cert string `toml:"cert" form:"path"`
	// The file with the key of the certificate.
	Key string `toml:"key" form:"path"`
	// The oldest version of TLS that is spoken, "1.2" or "1.3".
	MinVersion string `toml:"min-version" oneof:"1.2|1.3"`
	// Further certificates.
	Certificates []CertPair `toml:"certificate"`
	// Certificates from an authority.
	ACME ACME `toml:"acme"`
	// Strict transport security.
	STS STS `toml:"sts"`
}

// A further certificate, one [[tls.certificate]] for each. A client that asks
// for one of the host names in it gets it instead of that of [tls].
type CertPair struct {
	// The file with the certificate, followed by those of its issuers.
	Cert string `toml:"cert" form:"path" required:"true"`
	// The file with the key of the certificate.
	Key string `toml:"key" form:"path" required:"true"`
}

// Strict transport security: tells clients that connect without TLS to use it
// from now on. Turn it on only with a certificate that clients accept, for they
// remember it.
type STS struct {
	// Tell clients.
	Enabled bool `toml:"enabled"`
	// How long clients remember it. Raise it in steps, once all works. 0: they forget
	// what they remember, as they must before TLS can be given up.
	Duration Duration `toml:"duration" range:"0s..730d"`
	// The port on which clients find TLS.
	Port int `toml:"port" range:"1..65535"`
	// Allow makers of clients to put this network into their lists of networks
	// that always use TLS.
	Preload bool `toml:"preload"`
}

func defaultTLS() TLS {
	return TLS{
		MinVersion: "1.2",
		ACME:       defaultACME(),
		STS:        STS{Duration: Duration(30 * 24 * time.Hour), Port: 6697},
	}
}

func exampleCertPair() CertPair {
	return CertPair{Cert: "chat.example.org.crt", Key: "chat.example.org.key"}
}
