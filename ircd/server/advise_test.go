package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/listener"
)

func TestAdvise(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	p := listener.Pair{Cert: filepath.Join(dir, "a.crt"), Key: filepath.Join(dir, "a.key")}
	if err := listener.WriteSelfSigned(p.Cert, p.Key, []string{"chat.example.org"}, now, 100*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	const (
		named = "[server]\nname = \"chat.example.org\"\n"
		oper  = "[[oper]]\nname = \"a\"\npassword = \"$argon2id$v=19$m=64,t=1,p=1$aXJjdGVzdCBzYWx0IG9wZQ$xKyCJaod8S+IURJfq+d1XFaKJohpnz/A/V5J1XEza4k\"\nclass = \"netadmin\"\n"
		plain = "[[listener]]\naddress = \"127.0.0.1:6667\"\n"
		open  = "[[listener]]\naddress = \":6697\"\ntls = true\n"
		cert  = "[tls]\ncert = \"a.crt\"\nkey = \"a.key\"\n"
	)
	for _, c := range []struct {
		config string
		after  time.Duration
		want   string // "" is nothing
	}{
		{named + oper + open + cert, 0, ""},
		{oper + plain, 0, ""},
		{plain, 0, "oper: there is none"},
		{named + oper + plain + "[[listener]]\naddress = \":6668\"", 0, "listener.address: others reach :6668 without TLS"},
		{named + oper + "[[listener]]\naddress = \"unix:/x\"", 0, ""},
		{oper + open + cert, 0, "server.name: is that of the example"},
		{named + oper + open, 0, "tls.cert: is not set"},
		{named + oper + open + "cert = \"a.crt\"\nkey = \"a.key\"\n", 0, ""},
		{"[server]\nname = \"irc.other.org\"\n" + oper + open + cert, 0, "is for chat.example.org, not for irc.other.org"},
		{named + oper + open + cert, 90 * 24 * time.Hour, "expires on"},
		{named + oper + open + cert, 101 * 24 * time.Hour, "has expired on"},
		{named + oper + open + cert, -48 * time.Hour, "is the clock right?"},
		{named + oper + open + cert + "[tls.sts]\nenabled = true\n", 0, ""},
		{named + oper + open + cert + "[tls.sts]\nenabled = true\nport = 6700\n", 0, "tls.sts.port: is 6700"},
		{oper + plain + "[[listener]]\naddress = \"127.0.0.1:6697\"\ntls = true\n[tls.sts]\nenabled = true\n", 0, "tls.sts.enabled: makes clients refuse"},
		{oper + plain + "[connections]\nmax-clients = 1000000\n", 0, "connections.max-clients: is 1000000"},
	} {
		cfg, err := config.Parse(filepath.Join(dir, "parley.toml"), []byte(c.config), nil)
		if err != nil {
			t.Errorf("%s: %v", c.config, err)
			continue
		}
		got := Advise(cfg, "", now.Add(c.after))
		switch {
		case c.want == "" && len(got) > 0, c.want != "" && (len(got) != 1 || !strings.Contains(got.Error(), c.want)):
			t.Errorf("%s\ngives %v, want %q", c.config, got, c.want)
		}
	}
}

func TestAdviseReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.toml")
	text := "[server]\npassword = \"$argon2id$x\"\n[[oper]]\nname = \"a\"\nclass = \"netadmin\"\naccount = \"a\""
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := Advise(cfg, path, time.Now()); len(got) != 1 || !strings.Contains(got.Error(), "chmod 640") {
		t.Errorf("of a file that everybody can read: %v", got)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if got := Advise(cfg, path, time.Now()); len(got) > 0 {
		t.Errorf("of a file that only its group can read: %v", got)
	}
}
