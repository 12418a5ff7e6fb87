package player

import (
	"fmt"
	"slices"
	"strings"
)

// options say how a client connects.
type options struct {
	number         int    // of the client, from 0
	at             string // the name of the server, or ""
	tls, websocket bool
	certfp         string
	addr           string
	host, ident    string // what looking up the address finds
	user, real     string
}

// parseOptions reads the words after connect or dial.
func parseOptions(words []string) (o options, names, caps []string) {
	if i := slices.Index(words, "with"); i >= 0 {
		words, caps = words[:i], words[i+1:]
	}
	if i := slices.Index(words, "at"); i >= 0 && i+1 < len(words) {
		o.at = words[i+1]
		words = slices.Delete(slices.Clone(words), i, i+2)
	}
	for _, w := range words {
		key, value, ok := strings.Cut(w, "=")
		switch {
		case w == "tls":
			o.tls = true
		case w == "websocket":
			o.websocket = true
		case !ok:
			names = append(names, w)
		case key == "certfp":
			o.certfp, o.tls = value, true
		case key == "addr":
			o.addr = value
		case key == "host":
			o.host = value
		case key == "ident":
			o.ident = value
		case key == "user":
			o.user = value
		case key == "real":
			o.real = value
		}
	}
	return o, names, caps
}

func (p *player) dial(name string, o options, raw bool) (*client, error) {
	if _, err := p.client(name); err == nil {
		return nil, fmt.Errorf("%s is connected already", name)
	}
	o.number = p.count
	p.count++
	conn, err := p.stage.dial(o)
	if err != nil {
		return nil, err
	}
	c := newClient(name, conn, raw)
	p.clients = append(p.clients, c)
	return c, p.settle()
}

// connect connects clients, whose nick, username and real name are their name.
func (p *player) connect(words []string) error {
	o, names, caps := parseOptions(words)
	for _, name := range names {
		c, err := p.dial(name, o, false)
		if err != nil {
			return err
		}
		user, realname := o.user, o.real
		if user == "" {
			user = name
		}
		if realname == "" {
			realname = name
		}
		if err := p.negotiate(c, caps); err != nil {
			return err
		}
		c.send("NICK " + name)
		c.send("USER " + user + " 0 * :" + realname)
		if len(caps) > 0 {
			c.send("CAP END")
		}
		if err := p.swallow(c, "001"); err != nil {
			return err
		}
	}
	return nil
}

// negotiate enables capabilities before registration. "302" is the version that the
// client speaks.
func (p *player) negotiate(c *client, caps []string) error {
	if slices.Contains(caps, "302") {
		c.send("CAP LS 302")
		caps = slices.DeleteFunc(slices.Clone(caps), func(name string) bool { return name == "302" })
	}
	if len(caps) == 0 {
		return nil
	}
	c.send("CAP REQ :" + strings.Join(caps, " "))
	return p.swallow(c, "CAP", "*", "ACK", "*")
}

func (p *player) enable(name, caps string) error {
	c, err := p.client(name)
	if err != nil {
		return err
	}
	c.send("CAP REQ :" + caps)
	return p.swallow(c, "CAP", "*", "ACK", "*")
}

func (p *player) join(channel string, names []string) error {
	for _, name := range names {
		c, err := p.client(name)
		if err != nil {
			return err
		}
		c.send("JOIN " + channel)
		if err := p.swallow(c, "JOIN", channel); err != nil {
			return err
		}
	}
	return nil
}

// swallow discards what all have heard. It is an error if c has not heard this
// command, among others.
func (p *player) swallow(c *client, command string, params ...string) error {
	if err := p.settle(); err != nil {
		return err
	}
	want := message{command: command, params: append(params, "...")}
	found, heard := false, ""
	for _, o := range p.clients {
		for _, m := range o.take() {
			if o == c {
				found = found || binding{}.match(want, m)
				heard += "\n\t" + show(m.raw)
			}
		}
	}
	if !found {
		return fmt.Errorf("%s did not hear %s, but%s", c.name, command, heard)
	}
	return nil
}
