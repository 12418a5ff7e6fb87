package reference

import (
	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/roff"
)

// ConfigMan returns the manual page parley.toml(5).
func ConfigMan() string {
	p := manPage{roff.New("parley.toml", "5", "configuration of the Parley IRC server", "Parley")}
	p.Section("Description")
	p.Para("`ircd` reads its configuration from this file, which is in TOML (https://toml.io). A file needs only the keys that it changes, " +
		"and may be empty; `ircd init` writes one with all keys explained. All that is wrong in a file is told at once by `ircd check`, " +
		"with file, line, key and the right form.")
	p.Item("Durations", `are texts such as "90s", "15m", "2h", "7d" or "1h30m".`)
	p.Item("Sizes", `are texts such as "256KiB" or "1MiB", or a plain number of bytes.`)
	p.Item("Paths", "that are relative begin at the folder of the file, also those of defaults.")
	p.Item("Double brackets,", "`[[oper]]`, mark sections that may stand any number of times, once for each thing. Those of the file replace the default ones.")
	p.Item("Changes", "are made by a rehash (`ircd rehash`, the signal HUP, or REHASH), for new connections at the latest. "+
		"Keys marked ‹restart› keep their old value until the server starts again; the rehash says so.")
	p.Section("Environment")
	p.Para("`PARLEY__SECTION__KEY`=‹value› overrides a key, with dashes written as underscores: `PARLEY__LIMITS__NICK_LENGTH=20`, " +
		"`PARLEY__TLS__STS__ENABLED=true`. Lists are separated by commas. Sections in double brackets are numbered from 1, " +
		"`PARLEY__LISTENER__1__ADDRESS=:6697`, and the number after the last adds one. A variable that begins with `PARLEY__` and names no key is an error.")
	p.Section("Sections")
	for _, s := range config.Sections() {
		p.Part(s.Header)
		p.Para(s.Doc)
		for _, k := range s.Keys {
			p.key(k)
		}
	}
	p.Section("Example")
	p.Example(exampleConfig)
	p.Section("See also")
	p.Para("`ircd`(8), and the manual at /usr/share/doc/parley or in the folder docs of the source.")
	return p.String()
}

type manPage struct{ *roff.Page }

const exampleConfig = `[network]
name = "Tea"

[server]
name = "irc.example.org"

[[listener]]
address = ":6697"
tls = true

[tls]
cert = "/etc/parley/tls/fullchain.pem"
key = "/etc/parley/tls/privkey.pem"

[[oper]]
name = "alice"
password = "the line that ircd genpasswd prints"
class = "netadmin"`

// key describes a key of the configuration.
func (p manPage) key(k config.Key) {
	def := "Default: `" + k.Default + "`."
	if k.Required {
		def = "It has no default."
	}
	if k.Restart {
		def += " ‹restart›"
	}
	p.Item("`"+k.Name+"`", k.Doc)
	p.More("It is " + k.Value + ". " + def)
}
