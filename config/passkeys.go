package config

import "strings"

// Passkeys, by which owners of accounts log in, or prove a second factor, with a finger
// or the PIN of a device. Clients on the web have them.
type Passkeys struct {
	// The domain that keys are for, "example.org": web clients are on a host of it.
	// Empty for no passkeys. Keys are of no use any more if it changes.
	Domain string `toml:"domain" form:"server"`
	// The web sites that clients are on, "https://chat.example.org". Empty for the
	// domain alone.
	Origins []string `toml:"origins" form:"url"`
}

func defaultPasskeys() Passkeys { return Passkeys{Origins: []string{}} }

// Enabled reports whether there are passkeys.
func (p *Passkeys) Enabled() bool { return p.Domain != "" }

// Sites returns the web sites that clients are on.
func (p *Passkeys) Sites() []string {
	if len(p.Origins) == 0 {
		return []string{"https://" + p.Domain}
	}
	return p.Origins
}

// passkeys reports sites that are not of the domain: browsers would refuse them.
func (d *decoder) passkeys(p *Passkeys) {
	for _, site := range p.Origins {
		_, host, _ := strings.Cut(site, "://")
		host, _, _ = strings.Cut(host, "/")
		host, _, _ = strings.Cut(host, ":")
		if p.Enabled() && host != p.Domain && !strings.HasSuffix(host, "."+p.Domain) {
			d.bad("accounts.passkeys.origins", "%q is not of the domain %s", site, p.Domain)
		}
	}
}
