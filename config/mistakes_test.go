package config

import (
	"strings"
	"testing"
)

// TestMistakes tests what people are told who make the mistakes that people make.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[server]\nname = irc.example.org", `2: server.name: write texts in quotes: name = "irc.example.org"`},
		{"[server]\nname = ", `2: server.name: the value is missing; write one, or put a # before the line`},
		{"[server]\nnmae = \"irc.example.org\"", `2: server.nmae: there is no such key; did you mean "name"?`},
		{"[Server]\nname = \"irc.example.org\"", `1: Server: there is no such key; did you mean "server"?`},
		{"[server]\ndata_dir = \"x\"", `2: server.data_dir: there is no such key; did you mean "data-dir"?`},
		{"motd = \"x\"", `1: motd: is no key here; it belongs into [server]`},
		{"address = \":6697\"", `1: address: is no key here; it belongs into [[listener]]`},
		{"[server]\nargon2-memory = \"1MiB\"", `2: server.argon2-memory: is no key here; it belongs into [accounts]`},
		{"[listener]\naddress = \":6697\"", `1: listener: is a list of sections; write [[listener]] on a line of its own`},
		{"[[server]]\nname = \"irc.example.org\"", `1: server: is a section; write [server] on a line of its own`},
		{"[[listener]]\naddress = \"6697\"", `did you mean ":6697", the port on all addresses?`},
		{"[[listener]]\naddress = \"irc.example.org:6697\"", `irc.example.org is a name; write ":6697" to listen on all addresses, or the address it stands for`},
		{"[[listener]]\naddress = \"192.0.2.1\"", `did you mean "192.0.2.1:6697"?`},
		{"[[listener]]\naddress = \":6667\"\n[[listener]]\naddress = \"0.0.0.0:6667\"", `4: listener.address: "0.0.0.0:6667" and ":6667" are the same; remove one`},
		{"[[listener]]\naddress = \"127.0.0.1:6667\"\n[[listener]]\naddress = \":6667\"", `4: listener.address: ":6667" is the port of all addresses, also of "127.0.0.1:6667"; remove one`},
		{"[server]\nping-timeout = 120", `2: server.ping-timeout: cannot be the number 120; write "120s" for seconds`},
		{"[limits]\nsend-queue = \"1M\"", `2: limits.send-queue: cannot be the text "1M"; write "1MiB"`},
		{"[limits]\nnick-length = \"30\"", `2: limits.nick-length: cannot be the text "30"; write 30, without quotes`},
		{"[flood]\nenabled = \"yes\"", `2: flood.enabled: cannot be the text "yes"; write true, without quotes`},
		{"[flood]\nenabled = True", `2: flood.enabled: write true or false, in small letters and without quotes`},
		{"[proxy]\nallowed-from = \"10.0.0.0/8\"", `2: proxy.allowed-from: cannot be the text "10.0.0.0/8"; write ["10.0.0.0/8"]`},
		{"[[oper]]\nname = \"alice\"\nclass = \"netadmin\"\npassword = \"hunter2\"", `4: oper.password: cannot be this; write the hash that "ircd genpasswd" prints (it is no hash; a password itself must not stand here)`},
		{"[[oper]]\nname = \"alice\"\nclass = \"netadmin\"\ncertfp = \"" + strings.Repeat("AA:", 31) + "AA\"", `did you mean "` + strings.Repeat("aa", 32) + `"?`},
		{"[channels]\ndefault-modes = \"nt\"", `did you mean "+nt"?`},
		{"[network]\nname = \"My Network\"", `"MyNetwork" would do`},
		{"[server]\nname = \"localhost\"", `"localhost.example.org" would do`},
		{"server:\n  name: irc.example.org", `1: this looks like YAML, but the file is TOML`},
		{"[server]\nname: irc.example.org", `this looks like YAML, but the file is TOML`},
		{"[server]\nname = “irc.example.org”", `2: server.name: these are typographic quotes; write straight ones: "`},
		{"[server]\nname = \"irc.example.org\";", `2: server: nothing follows the value; take the ; away`},
		{"[server]\nname = \"irc.example.org", `2: server.name: the text does not end on this line; a quote is missing`},
		{"[server]\nname = \"a.b\"\n[server]\nmotd = \"\"", `stands twice; keep one, and if it is a section put all its keys below that`},
		{"[server]\nmotd = \"C:\\motd\"", `a backslash has a meaning in quotes`},
		{"// a comment", `1: comments begin with #`},
	} {
		_, err := Parse("parley.toml", []byte(c.text), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q:\n got %v\nwant %s", c.text, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Error("a password is shown")
		}
	}
}

// TestMeant tests that nothing is suggested where nothing is known.
func TestMeant(t *testing.T) {
	for _, c := range []struct{ form, text string }{
		{"address", "hello world"}, {"server", "-"}, {"network", ""}, {"modes", "+"}, {"fingerprint", "xyz"}, {"host", "a b"},
	} {
		if got := meantForm(c.form, c.text); got != "" {
			t.Errorf("%s %q: %s", c.form, c.text, got)
		}
	}
	if got := syntaxHint("a = 1 2", "expected something"); got != "expected something" {
		t.Errorf("an unknown mistake is explained: %s", got)
	}
}
