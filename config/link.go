package config

import (
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Links to the other servers of a network; docs/manual/linking.md says how to plan
// one. The name and the description of this server are those in [server]. Without
// links, a server is a network of one, and nothing of this runs.
type Link struct {
	// Link this server to others.
	Enabled bool `toml:"enabled" restart:"true"`
	// Where other servers connect to.
	Listen string `toml:"listen" form:"hostport" required:"true" restart:"true"`
	// The address at which the others reach this server, such as
	// "irc1.example.org:6900". Empty: the one they see, with the port of listen.
	Advertise string `toml:"advertise" form:"hostport" restart:"true"`
	// Addresses of other servers of the network. One that can be reached is enough
	// to join: all others are learnt from it, and remembered. The first server of
	// a network has none when it starts for the first time.
	Peers []string `toml:"peers" form:"hostport"`
	// What all servers of the network know and nobody else.
	Secret string `toml:"secret" form:"secret" secret:"true" restart:"true"`
	// The file with the certificate by which other servers know this one. Empty for
	// link.crt in the data folder, which "ircd mkcert --link" makes.
	Cert string `toml:"cert" form:"path" restart:"true"`
	// The file with its key. Empty for link.key in the data folder.
	Key string `toml:"key" form:"path" restart:"true"`
	// Whose certificates are those of servers: the name of a server and the
	// fingerprint of its key, a line each, as "ircd mkcert --link" prints it.
	Pins []string `toml:"pins" form:"pin"`
	// The file with the certificate of an authority that vouches for servers. Their
	// certificates need the names of the servers. Empty: only pins count.
	CA string `toml:"ca" form:"path" restart:"true"`
}

func defaultLink() Link {
	return Link{Listen: ":6900", Peers: []string{}, Pins: []string{}}
}

// A Pin says whose key a fingerprint is.
type Pin struct {
	Server string
	// Key is the SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal.
	Key string
}

// LinkFiles returns the paths of the certificate and its key.
func (c *Config) LinkFiles() (cert, key string) {
	if c.Link.Cert != "" {
		return c.Link.Cert, c.Link.Key
	}
	return filepath.Join(c.Server.DataDir, "link.crt"), filepath.Join(c.Server.DataDir, "link.key")
}

// Pinned returns the pins of the section.
func (l *Link) Pinned() []Pin {
	pins := make([]Pin, 0, len(l.Pins))
	for _, text := range l.Pins {
		server, key, _ := strings.Cut(text, " ")
		pins = append(pins, Pin{server, key})
	}
	return pins
}

// isHostPort accepts names, too: servers may have changing addresses.
func isHostPort(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || strings.ContainsAny(host, " \t/@") {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func (d *decoder) links(c *Config) {
	l := &c.Link
	if !l.Enabled {
		return
	}
	if l.Secret == "" {
		d.bad("link.secret", "is missing; write %s, the same on all servers", forms["secret"].right)
	}
	d.pair("link", l.Cert, l.Key)
	if len(l.Pins) == 0 && l.CA == "" {
		d.bad("link.pins", "is missing, so no server would be believed; write %s for each other server, or the file of an authority as ca", forms["pin"].right)
	}
	var servers, keys []string
	for _, p := range l.Pinned() {
		if p.Server == c.Server.Name {
			continue // all servers may have the same list
		}
		if slices.Contains(servers, p.Server) || slices.Contains(keys, p.Key) {
			d.bad("link.pins", "have %q, or its key, again; every server has one key", p.Server)
		}
		servers, keys = append(servers, p.Server), append(keys, p.Key)
	}
	for _, peer := range l.Peers {
		if strings.HasPrefix(peer, ":") {
			d.bad("link.peers", "cannot be %q; write the name or address of the other server before the port", peer)
		}
	}
	if host, _, _ := net.SplitHostPort(l.Advertise); l.Advertise != "" && host == "" {
		d.bad("link.advertise", "cannot be %q; write the name or address of this server before the port", l.Advertise)
	}
}
