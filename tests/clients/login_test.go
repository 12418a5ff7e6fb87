package clients

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// logins are how people log in: the mechanism, and what NickServ calls it.
var logins = []struct{ mechanism, method string }{
	{"PLAIN", "password"},
	{"SCRAM-SHA-256", "scram"},
	{"EXTERNAL", "external"},
}

// A program logs in to alice by a mechanism, over TLS.
var programs = []struct {
	name  string
	login func(r *running, mechanism, password, cert string) *terminal
	knows func(r *running, mechanism string) bool
	// server shows what the server has said.
	server string
}{
	{
		name:   "irssi",
		login:  (*running).irssi,
		knows:  func(r *running, mechanism string) bool { return mechanism != "SCRAM-SHA-256" || irssiKnowsScram(r) },
		server: "/window 1",
	},
	{
		name: "WeeChat",
		login: func(r *running, mechanism, password, cert string) *terminal {
			options := "-autoreconnect=off -sasl_mechanism=" + strings.ToLower(mechanism)
			if cert != "" {
				options += " -" + weechatTLS(r) + "_cert=" + cert
			}
			return r.weechat("weechat", "alice", password, options)
		},
		knows:  func(*running, string) bool { return true },
		server: "/buffer server.tea",
	},
}

// TestLogin: people log in over TLS by each mechanism that their client knows. The
// account lets nothing else in.
func TestLogin(t *testing.T) {
	for _, p := range programs {
		for _, l := range logins {
			t.Run(p.name+"/"+l.mechanism, func(t *testing.T) {
				needs(t, strings.ToLower(p.name)+" Debian's packages", "tmux Debian's tmux")
				r := start(t)
				if !p.knows(r, l.mechanism) {
					t.Skipf("MISSING: a version of %s that knows %s", p.name, l.mechanism)
				}
				cert, print := "", ""
				if l.mechanism == "EXTERNAL" {
					cert, print = r.certificate()
				}
				bob, owner := r.peer("bob"), r.peer("owner")
				owner.say("NS IDENTIFY alice secret-tea")
				owner.hear(" 900 ")
				if print != "" {
					owner.say("NS CERT ADD " + print)
					owner.hear("can log you in")
				}
				owner.say("NS SET METHODS " + l.method)
				owner.hear("From now on one can log in by")
				c := p.login(r, l.mechanism, "secret-tea", cert)
				bob.hear(":alice!", "JOIN #tea alice ")
				c.typeIn("/quit")
				bob.hear(":alice!", "QUIT")
			})
		}
	}
}

// TestWrongPassword: who gives a wrong one reads that, and after many even the right one
// is not looked at for a while.
func TestWrongPassword(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			needs(t, strings.ToLower(p.name)+" Debian's packages", "tmux Debian's tmux")
			r := start(t)
			c := p.login(r, "PLAIN", "coffee", "")
			c.typeIn(p.server)
			c.shows("SASL authentication failed")
			c.typeIn("/quit")
		})
		t.Run(p.name+"/throttled", func(t *testing.T) {
			needs(t, strings.ToLower(p.name)+" Debian's packages", "tmux Debian's tmux")
			r := start(t)
			mallory := r.peer("mallory")
			mallory.say("CAP REQ sasl")
			guess := base64.StdEncoding.EncodeToString([]byte("\x00alice\x00coffee"))
			for !strings.Contains(mallory.guess(guess), "Too many failed attempts") {
			}
			c := p.login(r, "PLAIN", "secret-tea", "")
			c.typeIn(p.server)
			c.shows("Too many failed attempts")
			c.typeIn("/quit")
		})
	}
}

func (p *peer) guess(plain string) (answer string) {
	p.Helper()
	p.say("AUTHENTICATE PLAIN", "AUTHENTICATE "+plain)
	return p.hear(" 904 ")
}

// certificate makes a client certificate: a file with it and its key, and its
// fingerprint.
func (r *running) certificate() (file, print string) {
	r.Helper()
	dir := filepath.Join(r.dir, "certificate")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		r.Fatal(err)
	}
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	mk := exec.Command(program, "mkcert", "--cert", cert, "--key", key, "alice.example")
	if out, err := mk.CombinedOutput(); err != nil {
		r.Fatalf("%v: %s", err, out)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		r.Fatal(err)
	}
	sum := sha256.Sum256(pair.Certificate[0])
	var both []byte
	for _, name := range []string{cert, key} {
		b, err := os.ReadFile(name)
		if err != nil {
			r.Fatal(err)
		}
		both = append(both, b...)
	}
	return r.write("certificate/both.pem", string(both)), hex.EncodeToString(sum[:])
}

// irssiKnowsScram: it does since 1.5.
func irssiKnowsScram(r *running) bool {
	return !strings.HasPrefix(run(r, "irssi", "--version"), "irssi 1.4")
}
