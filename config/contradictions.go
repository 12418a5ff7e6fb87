package config

import (
	"fmt"
	"net"
)

// contradictions reports the values that do not go together.
func (d *decoder) contradictions(c *Config) {
	if c.Server.PingTimeout <= c.Server.PingInterval {
		d.bad("server.ping-timeout", "is %v; write more than ping-interval, which is %v", c.Server.PingTimeout, c.Server.PingInterval)
	}
	if c.Accounts.Argon2Memory < 8*KiB*Size(c.Accounts.Argon2Threads) {
		d.bad("accounts.argon2-memory", "is %v; write %v or more for %d threads", c.Accounts.Argon2Memory, 8*KiB*Size(c.Accounts.Argon2Threads), c.Accounts.Argon2Threads)
	}
	if m, room := c.Metadata, metadataRoom(c); m.Enabled && m.MaxValueBytes > room {
		d.bad("metadata.max-value-bytes", "is %d; write %d or less, which fits on a line with the longest names", m.MaxValueBytes, room)
	}
	d.pair("tls", c.TLS.Cert, c.TLS.Key)
	d.mail(c)
	d.authorities(&c.Accounts)
	d.passkeys(&c.Accounts.Passkeys)
	d.tags(c)
	d.tokens(&c.ExtJWT)
	d.authServices(&c.AuthToken)
	d.listeners(c)
	d.gateways(c)
	d.links(c)
	d.acme(c)
	d.api(c)
	d.operClasses(c)
	d.opers(c)
}

// metadataRoom is how long a value may be on the line of a numeric reply, with the
// longest nick, channel and key.
func metadataRoom(c *Config) int {
	l := c.Limits
	names := len(c.Server.Name) + l.NickLength + max(l.NickLength, l.ChannelLength) + c.Metadata.MaxKeyBytes
	return 512 - len(":  761    * :\r\n") - names
}

// pair reports a certificate without a key, or a key without a certificate.
func (d *decoder) pair(path, cert, key string) {
	if cert != "" && key == "" {
		d.bad(join(path, "key"), "is missing; write the path of the key of the certificate")
	}
	if key != "" && cert == "" {
		d.bad(join(path, "cert"), "is missing; write the path of the certificate of the key")
	}
}

func (d *decoder) listeners(c *Config) {
	if len(c.Listeners) == 0 {
		d.bad("listener", "is empty, so nobody could connect; write at least one [[listener]]")
	}
	for i, l := range c.Listeners {
		path := index("listener", i)
		for _, other := range c.Listeners[:i] {
			if message := collide(other.Address, l.Address); message != "" {
				d.bad(path+".address", "%s", message)
			}
		}
		d.pair(path, l.Cert, l.Key)
		if l.Cert != "" && !l.TLS {
			d.bad(path+".cert", "has no use without TLS; write tls = true beside it")
		}
		if l.STSOnly && l.TLS {
			d.bad(path+".sts-only", "is for listeners without TLS; remove tls = true or this")
		}
		if l.STSOnly && !c.TLS.STS.Enabled {
			d.bad(path+".sts-only", "needs strict transport security; write enabled = true in [tls.sts]")
		}
	}
}

// Collide reports whether there cannot be listeners at both addresses.
func Collide(a, b string) bool { return collide(a, b) != "" }

// collide returns why two listeners cannot be, or "".
func collide(a, b string) string {
	if a == b && a != "" {
		return fmt.Sprintf("is %q again; every listener needs an address of its own", b)
	}
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errA != nil || errB != nil || portA != portB || portA == "0" {
		return ""
	}
	switch allA, allB := everywhere(hostA), everywhere(hostB); {
	case allA && allB:
		return fmt.Sprintf("%q and %q are the same; remove one", b, a)
	case allB:
		return fmt.Sprintf("%q is the port of all addresses, also of %q; remove one", b, a)
	case allA:
		return fmt.Sprintf("%q is one of all addresses, which %q has; remove one", b, a)
	}
	return ""
}

// everywhere reports whether a host stands for all addresses. On most systems "::" and
// "" are those of IPv4, too.
func everywhere(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }

func (d *decoder) gateways(c *Config) {
	for i, w := range c.WebIRC {
		if w.Password == "" && w.CertFP == "" {
			d.bad(index("webirc", i)+".password", "is missing; write %s, or the certfp of the gateway", forms["hash"].right)
		}
	}
}

func (d *decoder) operClasses(c *Config) {
	inherits := map[string]string{}
	for i, class := range c.OperClasses {
		if _, again := inherits[class.Name]; again {
			d.bad(index("oper-class", i)+".name", "is %q again; every class needs a name of its own", class.Name)
		}
		inherits[class.Name] = class.Inherits
	}
	for i, class := range c.OperClasses {
		path := index("oper-class", i) + ".inherits"
		if _, ok := inherits[class.Inherits]; !ok && class.Inherits != "" {
			d.bad(path, "%s", noClass(class.Inherits, c.OperClasses))
			continue
		}
		if circular(class.Name, inherits) {
			d.bad(path, "leads back to %q itself; break the circle", class.Name)
		}
	}
}

// circular reports whether a class inherits from itself.
func circular(name string, inherits map[string]string) bool {
	ancestor := inherits[name]
	for range inherits { // no longer way without a circle
		if ancestor == name && name != "" {
			return true
		}
		ancestor = inherits[ancestor]
	}
	return false
}

func (d *decoder) opers(c *Config) {
	names := map[string]bool{}
	for i, o := range c.Opers {
		path := index("oper", i)
		if names[o.Name] && o.Name != "" {
			d.bad(path+".name", "is %q again; every operator needs a name of their own", o.Name)
		}
		names[o.Name] = true
		if o.Password == "" && o.CertFP == "" && o.Account == "" {
			d.bad(path+".password", "is missing; write %s, or the certfp or account of the operator", forms["hash"].right)
		}
		if o.Auto && (o.Password != "" || o.TOTP != "") {
			d.bad(path+".auto", "leaves no time to ask for a password or a second factor; remove it or those")
		}
		if o.Class != "" && !hasClass(o.Class, c.OperClasses) {
			d.bad(path+".class", "%s", noClass(o.Class, c.OperClasses))
		}
	}
}

func hasClass(name string, classes []OperClass) bool {
	for _, class := range classes {
		if class.Name == name {
			return true
		}
	}
	return false
}

func noClass(name string, classes []OperClass) string {
	var names []string
	for _, class := range classes {
		names = append(names, class.Name)
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("there is no [[oper-class]] %q; did you mean %q?", name, near)
	}
	return fmt.Sprintf("there is no [[oper-class]] %q; add one, or write one of %q", name, names)
}
