package bearer

import (
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
)

// claims are what a token says.
type claims = jwt.MapClaims

// identity returns whom the claims of a token are of.
func (i *issuer) identity(c claims) (id accounts.Identity, err error) {
	id = accounts.Identity{Authority: i.Name, Subject: text(c, "sub"), Name: text(c, i.Claim)}
	if id.Subject == "" { // introspection may know no more
		id.Subject = text(c, "username")
	}
	if i.Domain != "" {
		name, domain, _ := strings.Cut(id.Name, "@")
		if !casemap.ASCII.Equal(domain, i.Domain) {
			return id, fmt.Errorf("%w: the name is not of %s", errToken, i.Domain)
		}
		id.Name = name
	}
	if id.Subject == "" || id.Name == "" {
		return id, fmt.Errorf("%w: it does not say whose it is", errToken)
	}
	id.Email = text(c, "email")
	id.Confirmed, _ = c["email_verified"].(bool)
	return id, nil
}

func text(c claims, key string) string {
	s, _ := c[key].(string)
	return s
}
