package config

import (
	"strings"
	"time"
)

// Tokens by which services elsewhere, such as one for uploads, know who somebody is
// here. Clients ask for one by TOKEN GENERATE and give it to the service, which asks
// this server by TOKEN VALIDATE what it says: so a token is of use once, and no secret
// is shared. Without services there are no tokens.
type AuthToken struct {
	// How long a token may be used.
	Lifetime Duration `toml:"lifetime" range:"10s..1h"`
	// The services.
	Services []AuthService `toml:"service"`
}

// A service that takes tokens, one [[authtoken.service]] for each.
type AuthService struct {
	// The name by which clients ask for tokens, such as "FILEHOST".
	Name string `toml:"name" form:"word" required:"true"`
	// Its address, to which clients send the token.
	URL string `toml:"url" form:"url" required:"true"`
	// What it is, for people.
	Description string `toml:"description"`
	// Give tokens also to those who are not logged in to an account.
	Guests bool `toml:"guests"`
	// Tell the service all channels that somebody is in, also secret ones. Without it,
	// it is told of the channel alone that the token is for.
	Channels bool `toml:"all-channels"`
	// From where the service asks: addresses or networks. Nobody else can see what a
	// token says. Empty for this machine.
	From []string `toml:"validate-from" form:"cidr"`
	// The fingerprint of the TLS certificate that the service has to use, when it
	// asks. Empty for any.
	CertFP string `toml:"certfp" form:"fingerprint"`
}

func defaultAuthToken() AuthToken {
	return AuthToken{Lifetime: Duration(10 * time.Minute), Services: []AuthService{}}
}

func exampleAuthService() AuthService {
	return AuthService{Name: "FILEHOST", URL: "https://upload.example.org/", Description: "Uploads", From: []string{"192.0.2.80"}}
}

// authServices reports services that are there twice, and addresses that do not fit on a
// line.
func (d *decoder) authServices(a *AuthToken) {
	first := map[string]bool{}
	for i, s := range a.Services {
		path := index("authtoken.service", i)
		if name := strings.ToUpper(s.Name); first[name] {
			d.bad(path+".name", "is %q again; every service needs a name of its own", s.Name)
		} else {
			first[name] = true
		}
		if len(s.URL) > maxServiceURL {
			d.bad(path+".url", "is too long; write an address of at most %d bytes", maxServiceURL)
		}
	}
}

const maxServiceURL = 200
