package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNoFile(t *testing.T) {
	c, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if changes := Diff(Default(), c); len(changes) > 0 {
		t.Errorf("Load without a file differs from Default: %+v", changes)
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.toml"), nil)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Load of a missing file: %v", err)
	}
}

func TestPaths(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "parley.toml")
	text := "[server]\nmotd = 'a/motd'\nrules = '/etc/rules'\n[[listener]]\naddress = 'unix:irc.sock'\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, []string{"PARLEY__LOGGING__FILE=ircd.log"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct{ name, got, want string }{
		{"motd", c.Server.MOTD, filepath.Join(dir, "a/motd")},
		{"rules", c.Server.Rules, "/etc/rules"},
		{"listener", c.Listeners[0].Address, "unix:" + filepath.Join(dir, "irc.sock")},
		{"a default", c.Server.DataDir, filepath.Join(dir, "data")},
		{"a variable", c.Logging.File, "ircd.log"},
	} {
		if p.got != p.want {
			t.Errorf("%s: %q, want %q", p.name, p.got, p.want)
		}
	}
}

func TestListsReplace(t *testing.T) {
	c, err := Parse("x.toml", []byte("[[listener]]\naddress = ':6697'\ntls = true\n[[listener]]\naddress = ':1'\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Listeners) != 2 || c.Listeners[0] != (Listener{Address: ":6697", TLS: true}) {
		t.Errorf("listeners are %+v", c.Listeners)
	}
}

// TestProblems has one mistake a row; want begins with the line.
func TestProblems(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"misspelt key", "[limits]\nnick-lenght = 3", `2: limits.nick-lenght: there is no such key; did you mean "nick-length"?`},
		{"misspelt section", "[limit]\nnick-length = 3", `1: limit: there is no such key; did you mean "limits"?`},
		{"unknown key", "[proxy]\nq = 1", `2: proxy.q: there is no such key; here are allowed-from`},
		{"unknown section", "\n[zzzzzzzzz.x]\n", `2: zzzzzzzzz: there is no such key; here are network, server`},
		{"unknown key in a list", "[[oper]]\nname='a'\npassword='$2a$x'\nclass='netadmin'\n[[oper]]\nname='b'\ncertfp='" + strings.Repeat("a0", 32) + "'\nclass='netadmin'\npasword='$2a$x'\n", `9: oper.pasword: there is no such key; did you mean "password"?`},
		{"text for number", "[limits]\nmodes = \"4\"", `2: limits.modes: cannot be the text "4"; write 4, without quotes`},
		{"fraction", "[limits]\nmodes = 4.5", `2: limits.modes: cannot be the number 4.5; write a whole number`},
		{"text for truth", "[flood]\nenabled = 'yes'", `2: flood.enabled: cannot be the text "yes"; write true, without quotes`},
		{"number for text", "[network]\nname = 3", `2: network.name: cannot be the number 3; write "3"`},
		{"number for duration", "[server]\nping-timeout = 300", `2: server.ping-timeout: cannot be the number 300; write "300s" for seconds`},
		{"text for duration", "[server]\nping-timeout = 'long'", `2: server.ping-timeout: cannot be the text "long"; write a duration such as "90s"`},
		{"text for size", "[limits]\nsend-queue = '1 megabyte'", `2: limits.send-queue: cannot be the text "1 megabyte"; write a size such as "16KiB"`},
		{"text for list", "[proxy]\nallowed-from = '::1'", `2: proxy.allowed-from: cannot be the text "::1"; write ["::1"]`},
		{"numbers in list", "[proxy]\nallowed-from = [1]", `2: proxy.allowed-from: cannot be this list; write a list of texts`},
		{"date", "[network]\nname = 2026-01-01", `2: network.name: cannot be a date; write a text`},
		{"section for key", "[network.name]\n", `1: network.name: cannot be a section; write a text`},
		{"key for section", "limits = 3", `1: limits: is a section; write [limits]`},
		{"section for list", "[oper]\nname = 'x'", `1: oper: is a list of sections; write [[oper]]`},
		{"list for section", "[[limits]]", `1: limits: is a section; write [limits]`},
		{"too small", "[limits]\nnick-length = 0", `2: limits.nick-length: cannot be 0; write a number from 1 to 64`},
		{"too long", "[server]\nregistration-timeout = '1h'", `2: server.registration-timeout: cannot be 1h; write a duration from 1s to 10m`},
		{"too big", "[limits]\nread-queue = '1GiB'", `2: limits.read-queue: cannot be 1GiB; write a size from 9KiB to 1MiB`},
		{"choice", "[server]\ncasemapping = 'unicode'", `2: server.casemapping: cannot be "unicode"; write "ascii", "rfc1459" or "precis"`},
		{"empty choice", "[logging]\nlevel = ''", `2: logging.level: is empty; write "debug", "info", "warn" or "error"`},
		{"empty name", "[network]\nname = ''", `2: network.name: is empty; write a name`},
		{"network with =", "[network]\nname = 'a=b'", `2: network.name: cannot be "a=b"; write a name of at most 50 bytes`},
		{"server without a dot", "[server]\nname = 'irc'", `2: server.name: cannot be "irc"; write a name with a dot`},
		{"address without port", "[[listener]]\naddress = '127.0.0.1'", `2: listener.address: cannot be "127.0.0.1"; write an address and port such as`},
		{"port too high", "[[listener]]\naddress = ':66970'", `2: listener.address: cannot be ":66970"`},
		{"no address", "\n[[listener]]\ntls = true", `2: listener.address: is empty; write an address and port`},
		{"same address", "[[listener]]\naddress = ':1'\n[[listener]]\naddress = ':1'", `4: listener.address: is ":1" again`},
		{"no listener", "listener = []", `1: listener: is empty, so nobody could connect`},
		{"network mask", "[connections]\nexempt = [\n  '10.0.0.0/8',\n  '10.0.0.0/33',\n]", `2: connections.exempt: cannot be "10.0.0.0/33"; write an address or a network`},
		{"empty element", "[connections]\nexempt = ['']", `2: connections.exempt: is empty; write an address or a network`},
		{"line break", "[server]\ndescription = \"a\\r\\nb\"", `2: server.description: has a character that is not text`},
		{"plain password", "[server]\npassword = 'hunter2'", `2: server.password: cannot be this; write the hash that "ircd genpasswd" prints`},
		{"number as password", "[server]\npassword = 12345", `2: server.password: cannot be this; write a text`},
		{"modes", "[channels]\ndefault-modes = 'nt'", `2: channels.default-modes: cannot be "nt"; write letters after a plus`},
		{"icon", "[network]\nicon = 'icon.png'", `2: network.icon: cannot be "icon.png"; write an address such as "https://`},
		{"origin", "[websocket]\norigins = ['chat.example.org']", `2: websocket.origins: cannot be "chat.example.org"; write a web site`},
		{"short secret", "[cloak]\nsecret = 'x'", `2: cloak.secret: cannot be this; write 32 characters or more`},
		{"certificate without key", "[tls]\n\ncert = 'a.crt'", `1: tls.key: is missing; write the path of the key`},
		{"key without certificate", "[[listener]]\naddress=':1'\ntls=true\nkey = 'a.key'", `1: listener.cert: is missing; write the path of the certificate`},
		{"certificate without TLS", "[[listener]]\naddress=':1'\ncert='a'\nkey='b'", `3: listener.cert: has no use without TLS`},
		{"STS-only with TLS", "[[listener]]\naddress=':1'\ntls=true\nsts-only=true", `4: listener.sts-only: is for listeners without TLS`},
		{"STS-only without STS", "[[listener]]\naddress=':1'\nsts-only=true", `3: listener.sts-only: needs strict transport security`},
		{"ping", "[server]\nping-interval='3m'\nping-timeout='1m'", `3: server.ping-timeout: is 1m; write more than ping-interval, which is 3m`},
		{"argon2", "[accounts]\nargon2-memory='16KiB'\nargon2-threads=4", `2: accounts.argon2-memory: is 16KiB; write 32KiB or more for 4 threads`},
		{"gateway without password", "[[webirc]]\nname='x'\nhosts=['::1']", `1: webirc.password: is missing; write the hash`},
		{"gateway without hosts", "[[webirc]]\nname='x'\npassword='$2a$x'", `1: webirc.hosts: is missing; write a list with an address`},
		{"fingerprint", "[[webirc]]\nname='x'\nhosts=['::1']\ncertfp='AB:CD'", `4: webirc.certfp: cannot be "AB:CD"; write the SHA-256 fingerprint`},
		{"operator without password", "[[oper]]\nname='a'\nclass='netadmin'", `1: oper.password: is missing; write the hash`},
		{"operator twice", "[[oper]]\nname='a'\nclass='netadmin'\npassword='$2a$x'\n[[oper]]\nname='a'\nclass='netadmin'\npassword='$2a$x'", `6: oper.name: is "a" again`},
		{"misspelt class", "[[oper]]\nname='a'\npassword='$2a$x'\nclass='netadmn'", `4: oper.class: there is no [[oper-class]] "netadmn"; did you mean "netadmin"?`},
		{"unknown class", "[[oper]]\nname='a'\npassword='$2a$x'\nclass='zzz'", `4: oper.class: there is no [[oper-class]] "zzz"; add one, or write one of ["netadmin"]`},
		{"class twice", "[[oper-class]]\nname='a'\n[[oper-class]]\nname='a'", `4: oper-class.name: is "a" again`},
		{"class of unknown", "[[oper-class]]\nname='a'\ninherits='zzz'", `3: oper-class.inherits: there is no [[oper-class]] "zzz"`},
		{"circle", "[[oper-class]]\nname='a'\ninherits='b'\n[[oper-class]]\nname='b'\ninherits='a'", `3: oper-class.inherits: leads back to "a" itself`},
		{"link without secret", "[link]\nenabled=true\npins=['b.example " + strings.Repeat("0a", 32) + "']", `1: link.secret: is missing; write 32 characters or more`},
		{"link without pins", "[link]\nenabled=true\nsecret='" + strings.Repeat("x", 32) + "'", `1: link.pins: is missing, so no server would be believed; write the line that "ircd mkcert --link" prints`},
		{"pin", "[link]\npins=['b.example AB:CD']", `2: link.pins: cannot be "b.example AB:CD"; write the line`},
		{"pin twice", "[link]\nenabled=true\nsecret='" + strings.Repeat("x", 32) + "'\npins=['b.example " + strings.Repeat("0a", 32) + "', 'b.example " + strings.Repeat("0b", 32) + "']", `4: link.pins: have "b.example", or its key, again`},
		{"peer without port", "[link]\npeers=['b.example']", `2: link.peers: cannot be "b.example"; write a host or address and a port`},
		{"peer without host", "[link]\nenabled=true\nca='ca.crt'\nsecret='" + strings.Repeat("x", 32) + "'\npeers=[':6900']", `5: link.peers: cannot be ":6900"; write the name or address`},
		{"advertise without host", "[link]\nenabled=true\nca='ca.crt'\nsecret='" + strings.Repeat("x", 32) + "'\nadvertise=':6900'", `5: link.advertise: cannot be ":6900"; write the name or address`},
		{"syntax", "[limits]\n\nnick-length = = 3", `3: limits.nick-length: `},
		{"defined twice", "[limits]\nmodes = 1\nmodes = 2", `3: `},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("parley.toml", []byte(test.text), nil)
			if err == nil {
				t.Fatal("is accepted")
			}
			want := "parley.toml:" + test.want
			if !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %s\nwant %s", err, want)
			}
		})
	}
}

func TestAllProblemsInOrder(t *testing.T) {
	text := "[limits]\nnick-length = 'x'\nmodes = 999\n[flod]\n[server]\nname = 'x'\n"
	_, err := Parse("p.toml", []byte(text), []string{"PARLEY__FLOOD__BURST=many"})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Key)
	}
	want := "limits.nick-length limits.modes flod server.name flood.burst"
	if strings.Join(got, " ") != want {
		t.Errorf("problems with %q, want %s:\n%s", got, want, err)
	}
	if n := strings.Count(err.Error(), "\n"); n != len(problems)-1 {
		t.Errorf("%d lines for %d problems", n+1, len(problems))
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	text := "[server]\npassword = 'hunter2'\n[cloak]\nsecret = 'hunter2'\n[[webirc]]\nname = 'a'\nhosts = ['::1']\npassword = 'hunter2'\n"
	_, err := Parse("p.toml", []byte(text), []string{"PARLEY__OPER__1__PASSWORD=hunter2"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestProblemOfServer(t *testing.T) {
	text := "[channels]\n\ndefault-modes = '+Q'\n[[oper-class]]\nname='a'\n[[oper-class]]\nname='b'\nprivileges=['x']\n"
	c, err := Parse("p.toml", []byte(text), []string{"PARLEY__USERS__DEFAULT_MODES=+Q"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ key, want string }{
		{"channels.default-modes", "p.toml:3: channels.default-modes: no mode Q"},
		{"oper-class[1].privileges", "p.toml:8: oper-class.privileges: no mode Q"},
		{"oper-class[0].privileges", "p.toml:4: oper-class.privileges: no mode Q"},
		{"users.default-modes", "PARLEY__USERS__DEFAULT_MODES: users.default-modes: no mode Q"},
		{"limits.modes", "p.toml: limits.modes: no mode Q"},
	}
	for _, test := range tests {
		if got := c.Problem(test.key, "no mode %s", "Q").String(); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	if got := Default().Problem("limits.modes", "x").String(); got != "limits.modes: x" {
		t.Errorf("of Default: %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Text(Default()), "PARLEY__LISTENER__4__ADDRESS", ":1")
	f.Add("[tls]\n[[tls.certificate]]\ncert=\"\"\"a\"\"\"\"\nkey='''\n'''\n", "PARLEY__TLS__CERTIFICATE__1__KEY", "x")
	f.Add("a.\"b.c\".'d'=[{x=[1,\n#]\n2]}]\r\n", "PARLEY__", "")
	f.Fuzz(func(t *testing.T, text, name, value string) {
		c, err := Parse("f.toml", []byte(text), []string{name + "=" + value})
		if err != nil {
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 || err.Error() == "" {
				t.Fatalf("error %T: %v", err, err)
			}
			return
		}
		again, err := Parse("f.toml", []byte(Text(c)), nil)
		if err != nil {
			t.Fatalf("accepted, but its text is refused: %v", err)
		}
		_ = Diff(c, again)
	})
}
