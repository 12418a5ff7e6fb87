package config

import "time"

// Signed tokens (JWT). By them other services, such as video calls and forums, know
// who somebody is here, and what they may do in a channel. Clients ask for one by
// EXTJWT; the service has the secret, or the public half of the key. Without any
// of these, and without services, there are no tokens.
type ExtJWT struct {
	// How tokens for no service in particular are signed: "HS256", by a secret;
	// "RS256" or "EdDSA", by a key.
	Algorithm string `toml:"algorithm" oneof:"HS256|RS256|EdDSA"`
	// The secret for HS256. Who has it can make tokens, too.
	Secret string `toml:"secret" form:"secret" secret:"true"`
	// The file with the private key for RS256 (RSA, 2048 bits or more) or EdDSA
	// (Ed25519), as PKCS #8 in PEM. It is read again at each rehash.
	Key string `toml:"key" form:"path"`
	// How long a token may be used. Who has left the channel meanwhile, or is an
	// operator no longer, still has it.
	Lifetime Duration `toml:"lifetime" range:"5s..1h"`
	// Services with a secret or a key of their own.
	Services []TokenService `toml:"service"`
}

// A service, one [[extjwt.service]] for each, with a secret or key that no other
// has: its tokens are of use for it alone.
type TokenService struct {
	// The name by which clients ask for tokens.
	Name string `toml:"name" form:"word" required:"true"`
	// How its tokens are signed: "HS256", by a secret; "RS256" or "EdDSA", by a key.
	Algorithm string `toml:"algorithm" oneof:"HS256|RS256|EdDSA"`
	// The secret for HS256.
	Secret string `toml:"secret" form:"secret" secret:"true"`
	// The file with the private key for RS256 or EdDSA.
	Key string `toml:"key" form:"path"`
}

func defaultExtJWT() ExtJWT {
	return ExtJWT{Algorithm: "HS256", Lifetime: Duration(30 * time.Second)}
}

func exampleTokenService() TokenService {
	return TokenService{Name: "calls", Algorithm: "HS256", Secret: "0123456789abcdef0123456789abcdef"}
}

// Signs reports whether tokens for no service in particular are signed.
func (j *ExtJWT) Signs() bool { return j.Secret != "" || j.Key != "" }

// Enabled reports whether there are any tokens.
func (j *ExtJWT) Enabled() bool { return j.Signs() || len(j.Services) > 0 }

// tokens reports services that are there twice, and what cannot sign.
func (d *decoder) tokens(j *ExtJWT) {
	if j.Signs() {
		d.signs("extjwt", j.Algorithm, j.Secret, j.Key)
	}
	first := map[string]bool{}
	for i, s := range j.Services {
		path := index("extjwt.service", i)
		switch {
		case s.Name == "*":
			d.bad(path+".name", `is "*", which stands for no service in particular; write its secret or key in [extjwt]`)
		case first[s.Name]:
			d.bad(path+".name", "is %q again; every service needs a name of its own", s.Name)
		}
		first[s.Name] = true
		d.signs(path, s.Algorithm, s.Secret, s.Key)
	}
}

func (d *decoder) signs(path, algorithm, secret, key string) {
	switch {
	case algorithm == "HS256" && key != "":
		d.bad(path+".key", `is not for HS256; write algorithm = "RS256" or "EdDSA" beside it, or remove it`)
	case algorithm == "HS256" && secret == "":
		d.bad(path+".secret", "is missing; write %s", forms["secret"].right)
	case algorithm != "HS256" && secret != "":
		d.bad(path+".secret", `is only for HS256; write algorithm = "HS256" beside it, or remove it`)
	case algorithm != "HS256" && key == "":
		d.bad(path+".key", "is missing; write the path of the private key")
	}
}
