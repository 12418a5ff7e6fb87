//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"embed"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"text/template"
	"time"
)

// A kind is a server program this generator knows how to start.
type kind struct {
	bin     string // where Debian puts it; empty: to be given
	config  string // template of its configuration and the file's name
	before  []string
	command []string
	tls, ws bool
	history bool // kept, in the kind that has it
	profile bool // it takes profiles, if it is asked to
}

var kinds = map[string]kind{
	"limit": {tls: true},
	"inspircd": {
		bin: "/usr/sbin/inspircd", config: "inspircd.conf", tls: true, ws: true,
		command: []string{"--config", "inspircd.conf", "--runasroot", "--nofork", "--nopid", "--nolog"},
	},
	"ngircd": {
		bin: "/usr/sbin/ngircd", config: "ngircd.conf", tls: true,
		command: []string{"-n", "-f", "ngircd.conf"},
	},
	"ergo": {
		config: "ergo.yaml", tls: true, ws: true,
		before:  []string{"initdb", "--conf", "ergo.yaml", "--quiet"},
		command: []string{"run", "--conf", "ergo.yaml", "--quiet"},
	},
	// With its history in SQLite, which is an option of its build: -tags sqlite.
	"ergo-history": {
		config: "ergo.yaml", tls: true, ws: true, history: true,
		before:  []string{"initdb", "--conf", "ergo.yaml", "--quiet"},
		command: []string{"run", "--conf", "ergo.yaml", "--quiet"},
	},
	"parley": {
		config: "parley.toml", tls: true, ws: true, profile: true,
		command: []string{"run", "--config", "parley.toml"},
	},
	// History is what the others do not have: it is measured by itself.
	"parley-history": {
		config: "parley.toml", tls: true, ws: true, history: true, profile: true,
		command: []string{"run", "--config", "parley.toml"},
	},
}

//go:embed templates
var templates embed.FS

// A setting fills the templates.
type setting struct {
	limits
	History            bool
	Bin                string
	Dir, Cert, Key     string
	Plain, TLS, WS     string // address and port
	Monitoring         string // empty: without
	PlainPort, TLSPort uint16
	WSPort             uint16
}

// newSetting chooses ports and makes a certificate.
func newSetting(srv *server, sp spec, lim limits) (*setting, error) {
	k := kinds[sp.kind]
	if lim.Profiles && !k.profile {
		return nil, fmt.Errorf("%s takes no profiles", sp.kind)
	}
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	srv.plain = ports[0]
	if k.tls {
		srv.tls = ports[1]
	}
	if k.ws {
		srv.ws = ports[2]
	}
	s := &setting{
		limits: lim, History: k.history, Bin: sp.bin, Dir: srv.dir,
		Cert: filepath.Join(srv.dir, "cert.pem"), Key: filepath.Join(srv.dir, "key.pem"),
		Plain: srv.plain.String(), TLS: srv.tls.String(), WS: srv.ws.String(),
		PlainPort: srv.plain.Port(), TLSPort: srv.tls.Port(), WSPort: srv.ws.Port(),
	}
	if lim.Profiles {
		srv.monitoring = ports[3]
		s.Monitoring = srv.monitoring.String()
	}
	return s, makeCertificate(s.Cert, s.Key)
}

// prepare writes the configuration and returns the command to start.
func (s *setting) prepare(k kind) (*exec.Cmd, error) {
	if k.config == "" {
		self, err := os.Executable()
		if s.Bin != "" {
			self = s.Bin // another build of this program
		}
		if err != nil {
			return nil, err
		}
		return exec.Command(self, "limit", "-plain", s.Plain, "-tls", s.TLS, "-cert", s.Cert, "-key", s.Key), nil
	}
	t, err := template.ParseFS(templates, "templates/"+k.config)
	if err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(s.Dir, k.config))
	if err != nil {
		return nil, err
	}
	if err := t.Execute(f, s); err != nil {
		f.Close()
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	if len(k.before) > 0 {
		first := exec.Command(s.Bin, k.before...)
		first.Dir = s.Dir
		if out, err := first.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", k.before[0], err, out)
		}
	}
	args := make([]string, len(k.command))
	for i, a := range k.command {
		if a == k.config { // some want the whole path
			a = filepath.Join(s.Dir, a)
		}
		args[i] = a
	}
	return exec.Command(s.Bin, args...), nil
}

// makeCertificate writes a self-signed P-256 certificate, the same kind for
// every server, so that handshakes cost the same.
func makeCertificate(certFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "irc.example.test"},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"irc.example.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return err
	}
	priv, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(certFile, cert, 0o644); err != nil {
		return err
	}
	// Readable by servers that give up root; it protects nothing.
	return os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: priv}), 0o644)
}
