package config

// A gateway, one [[webirc]] for each, such as a web chat: it connects for its
// users and tells their addresses by the command WEBIRC.
type WebIRC struct {
	// What the gateway is called in logs.
	Name string `toml:"name" form:"word" required:"true"`
	// The addresses (single ones or networks) it connects from.
	Hosts []string `toml:"hosts" form:"cidr" required:"true"`
	// Its password, as a hash made by "ircd genpasswd".
	Password string `toml:"password" form:"hash" secret:"true"`
	// The fingerprint (SHA-256, in hexadecimal) of its TLS certificate. With both
	// a password and a fingerprint, it needs both.
	CertFP string `toml:"certfp" form:"fingerprint"`
}

func exampleWebIRC() WebIRC {
	return WebIRC{
		Name:     "webchat",
		Hosts:    []string{"192.0.2.10"},
		Password: exampleHash,
	}
}

// exampleHash stands in examples where the hash of a password goes.
const exampleHash = "$argon2id$v=19$m=19456,t=2,p=1$RXhhbXBsZXNhbHQ$bWFrZSB5b3VyIG93biB3aXRoIGdlbnBhc3N3ZA"
