package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-irc/parley/config"
)

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	hash := `"$argon2id$v=19$m=64,t=1,p=1$aXJjdGVzdCBzYWx0IG9wZQ$xKyCJaod8S+IURJfq+d1XFaKJohpnz/A/V5J1XEza4k"`
	for name, text := range map[string]string{
		"long.txt": strings.Repeat("long\n", maxText), "latin.txt": "caf\xe9\n", "good.txt": "tea\n", "file": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ config, want string }{
		{"[server]\nmotd = \"good.txt\"", ""},
		{"[server]\nmotd = \"none.txt\"", "2: server.motd: cannot be used"},
		{"[server]\nrules = \"long.txt\"", "2: server.rules: cannot be used"},
		{"[server]\nrules = \"latin.txt\"", "is not UTF-8"},
		{"[server]\ndata-dir = \"file\"", "2: server.data-dir: is a file"},
		{"[server]\npassword = \"$argon2id$v=19$nonsense\"", "2: server.password: cannot be checked"},
		{"[tls]\ncert = \"none.crt\"\nkey = \"none.key\"", "2: tls.cert: cannot be used"},
		{"[[tls.certificate]]\ncert = \"good.txt\"\nkey = \"good.txt\"", "2: tls.certificate.cert: cannot be used"},
		{"[[listener]]\naddress = \":1\"\ntls = true\ncert = \"x\"\nkey = \"y\"", "4: listener.cert: cannot be used"},
		{"[[listener]]\naddress = \":1\"\nproxy = true", "3: listener.proxy: believes nobody"},
		{"[[listener]]\naddress = \"127.0.0.1:1\"\nproxy = true", ""},
		{"[[listener]]\naddress = \"unix:x\"\nproxy = true", ""},
		{"[[listener]]\naddress = \":1\"\nproxy = true\n[proxy]\nallowed-from = [\"10.0.0.0/8\"]", ""},
		{"[link]\nenabled = true\nca = \"good.txt\"\nsecret = \"" + strings.Repeat("x", 32) + "\"", "link.cert: cannot be used"},
		{"[channels]\ndefault-modes = \"+ntl 50\"", ""},
		{"[channels]\ndefault-modes = \"+nY\"", "2: channels.default-modes: there is no mode 'Y'"},
		{"[channels]\ndefault-modes = \"+l\"", "mode 'l' needs a parameter"},
		{"[channels]\ndefault-modes = \"+l many\"", `mode 'l' cannot have the parameter "many"`},
		{"[channels]\ndefault-modes = \"+b x!*@*\"", "mode 'b' cannot be set from the start"},
		{"[channels]\ndefault-modes = \"+P\"", "mode 'P' cannot be set from the start"},
		{"[users]\ndefault-modes = \"+ix\"", ""},
		{"[users]\ndefault-modes = \"+o\"", "mode 'o' cannot be set from the start"},
		{"[users]\ndefault-modes = \"+n\"", "there is no mode 'n'"},
		{"[[oper]]\nname = \"a\"\npassword = " + hash + "\nclass = \"netadmin\"\nmodes = \"+iw\"", ""},
		{"[[oper]]\nname = \"a\"\npassword = " + hash + "\nclass = \"netadmin\"\nmodes = \"+Y\"", "5: oper.modes: there is no mode 'Y'"},
		{"[[oper-class]]\nname = \"a\"\nprivileges = [\"kill\", \"fly\"]", `3: oper-class.privileges: there is no privilege "fly"`},
		{"[accounts.script]\ncommand = [\"no-such-program\"]", "2: accounts.script.command: cannot be used"},
		{"[accounts.ldap]\nurl = \"ldaps://x\"\nbase = \"dc=x\"\nca = \"good.txt\"", "2: accounts.ldap.url: cannot be used"},
		{"[[accounts.issuer]]\nname = \"a\"\ncheck = \"key\"\nissuer = \"https://x\"\naudience = [\"x\"]\nkey = \"good.txt\"", "accounts.issuer: cannot be used"},
		{"[[webirc]]\nname = \"a\"\nhosts = [\"::1\"]\npassword = \"$2y$nonsense\"", "4: webirc.password: cannot be checked"},
	} {
		c, err := config.Parse(filepath.Join(dir, "parley.toml"), []byte(tt.config), nil)
		if err != nil {
			t.Errorf("%q: %v", tt.config, err)
			continue
		}
		switch problems := Check(c); {
		case tt.want == "" && len(problems) > 0:
			t.Errorf("%q: %v", tt.config, problems)
		case tt.want != "" && (len(problems) != 1 || !strings.Contains(problems.Error(), tt.want)):
			t.Errorf("%q: %v, want %q", tt.config, problems, tt.want)
		}
	}
}
