// Package tests tests the server as a whole: conversations between clients and
// servers, and the rules that its source follows.
package tests

import (
	"slices"
	"strings"
	"testing"
)

// A floor is a part of the program, of one or more layers. A package imports those of
// lower layers of its own floor, and any of the floors that it stands on.
type floor struct {
	name   string
	about  string
	on     []string
	layers [][]string
}

// floors are the packages of the program, from the bottom to the top.
var floors = []floor{
	{"Words", "what names, modes, capabilities, events and messages are: tables and data", nil, [][]string{
		{"config", "ircd/casemap", "ircd/lang", "ircd/event", "ircd/caps", "ircd/privs", "ircd/cloak", "ircd/throng"},
		{"languages", "ircd/extban", "ircd/modes", "ircd/numerics"},
		{"ircd/isupport", "ircd/wire"},
	}},
	{"State", "who is where, and what is written to whom; it runs under locks, where nothing waits", []string{"Words"}, [][]string{
		{"ircd/session"},
		{"ircd/state"},
	}},
	{"Keeping", "what outlives a process, and what passes between servers: three interfaces, and what implements them", []string{"Words"}, [][]string{
		{"ircd/store", "ircd/history", "ircd/link"},
		{"ircd/store/bunt", "ircd/store/storetest", "ircd/history/bunt", "ircd/history/historytest", "ircd/link/local", "ircd/link/mem", "ircd/link/linktest", "ircd/cluster", "ircd/cluster/clustertest"},
		{"ircd/store/jetstream", "ircd/link/nats"},
	}},
	{"Tools", "one thing each, which know no users and no channels", []string{"Words"}, [][]string{
		{"ircd/courtesy", "ircd/outbound", "ircd/blocklist", "ircd/geoip", "ircd/geoip/geoiptest", "ircd/acme", "ircd/roff", "ircd/server/control", "ircd/totp", "ircd/passkey", "ircd/passkey/passkeytest", "ircd/accounts/password", "ircd/mail/mailtest"},
		{"ircd/listener", "ircd/mail", "ircd/extjwt", "ircd/accounts/foreign"},
	}},
	{"Records", "what is kept for people and by operators: a package for each kind, with the rules of it", []string{"Words", "State", "Keeping", "Tools"}, [][]string{
		{"ircd/hits", "ircd/reputation", "ircd/audit", "ircd/chanreg", "ircd/defcon", "ircd/vhosts", "ircd/memos", "ircd/profiles", "ircd/push", "ircd/authtoken", "ircd/transfer", "ircd/migrate"},
		{"ircd/accounts", "ircd/bans", "ircd/spamfilter", "ircd/migrate/migratetest", "ircd/migrate/ergo", "ircd/migrate/anope", "ircd/migrate/atheme"},
		{"ircd/sasl", "ircd/authority/bearer", "ircd/authority/directory", "ircd/authority/script"},
	}},
	{"Network", "what can happen: may it be, and then it is, on every server alike", []string{"Words", "State", "Keeping", "Records"}, [][]string{
		{"ircd/network"},
		{"ircd/alwayson", "ircd/markers"},
	}},
	{"Conversation", "what clients say, and what they are answered", []string{"Words", "State", "Keeping", "Tools", "Records", "Network"}, [][]string{
		{"ircd/dispatch"},
		{"ircd/commands", "ircd/services/nickserv", "ircd/services/chanserv", "ircd/services/histserv", "ircd/services/hostserv", "ircd/services/memoserv", "ircd/services/operserv"},
		{"ircd/services"},
	}},
	{"Assembly", "the program that is made of all this, and what its operator needs", []string{"Words", "State", "Keeping", "Tools", "Records", "Network", "Conversation"}, [][]string{
		{"ircd/metrics", "ircd/httpapi", "ircd/migrate/writer", "languages/missing"},
		{"ircd/server", "ircd/reference"},
		{"ircd"},
	}},
}

// pure are the packages that are only data, or whose code runs under locks: they
// import nothing that performs I/O.
var pure = []string{
	"ircd/casemap", "ircd/lang", "ircd/caps", "ircd/modes", "ircd/numerics", "ircd/privs", "ircd/isupport",
	"ircd/event", "ircd/extban", "ircd/throng", "ircd/cloak", "ircd/wire", "ircd/state",
}

// outside are the modules of others, and the packages that may import them.
var outside = map[string][]string{
	"golang.org/x/text":                       {"ircd/casemap", "ircd/lang"},
	"github.com/ergochat/confusables":         {"ircd/casemap"},
	"github.com/ergochat/irc-go/ircmsg":       {"ircd/wire"},
	"github.com/fxamacker/cbor/v2":            {"ircd/event", "ircd/network", "ircd/passkey/passkeytest"},
	"github.com/BurntSushi/toml":              {"config", "languages"},
	"github.com/tidwall/buntdb":               {"ircd/store/bunt", "ircd/history/bunt"},
	"github.com/klauspost/compress":           {"ircd/history"},
	"github.com/xdg-go":                       {"ircd/accounts", "ircd/sasl"},
	"golang.org/x/crypto":                     {"ircd/acme", "ircd/accounts", "ircd/accounts/password", "ircd/accounts/foreign", "ircd/sasl"},
	"github.com/go-crypt/crypt":               {"ircd/accounts/foreign"},
	"golang.org/x/time":                       {"ircd/listener"},
	"golang.org/x/sys":                        {"ircd/listener", "ircd"},
	"golang.org/x/term":                       {"ircd"},
	"github.com/coder/websocket":              {"ircd/listener", "tests/load"},
	"github.com/pires/go-proxyproto":          {"ircd/listener"},
	"github.com/golang-jwt/jwt/v5":            {"ircd/extjwt", "ircd/authority/bearer", "tests/player"},
	"github.com/coreos/go-oidc/v3":            {"ircd/authority/bearer"},
	"github.com/go-ldap/ldap/v3":              {"ircd/authority/directory"},
	"github.com/go-asn1-ber/asn1-ber":         {"ircd/authority/directory"}, // tests only
	"github.com/pquerna/otp":                  {"ircd/totp", "tests/player"},
	"github.com/wneessen/go-mail":             {"ircd/mail", "ircd/mail/mailtest"},
	"github.com/go-webauthn/webauthn":         {"ircd/passkey"},
	"github.com/nats-io":                      {"ircd/cluster"},
	"github.com/alecthomas/kong":              {"ircd"},
	"github.com/coreos/go-systemd/v22":        {"ircd"},
	"github.com/letsencrypt":                  {"ircd"}, // tests only
	"github.com/prometheus/client_golang":     {"ircd/metrics", "ircd"},
	"github.com/oschwald/maxminddb-golang/v2": {"ircd/geoip"},
	"pgregory.net/rapid":                      {"ircd/store/storetest", "ircd/history/historytest"},

	"github.com/SherClockHolmes/webpush-go": {"ircd/push"},
}

// where returns the floor of a package and its layer there, nil if it is on none.
func where(pkg string) (*floor, int) {
	for i := range floors {
		for l, packages := range floors[i].layers {
			if slices.Contains(packages, pkg) {
				return &floors[i], l
			}
		}
	}
	return nil, 0
}

// TestLayers tests that packages import only what is below them, and that no floor is said
// to stand on one of which it uses nothing.
func TestLayers(t *testing.T) {
	used := map[string][]string{}
	for _, s := range sources(t, "ircd", "config", "languages") {
		at, layer := where(s.pkg)
		if at == nil {
			t.Errorf("%s is on no floor", s.pkg)
			continue
		}
		for _, name := range s.imports {
			in, ours := strings.CutPrefix(name, module+"/")
			if !ours {
				continue
			}
			below, its := where(in)
			switch {
			case below == nil: // said above
			case below == at && its >= layer:
				t.Errorf("%s (%s, layer %d) imports %s, which is not below it", s.path, at.name, layer, in)
			case below != at && !slices.Contains(at.on, below.name):
				t.Errorf("%s (%s) imports %s (%s)", s.path, at.name, in, below.name)
			case below != at:
				used[at.name] = append(used[at.name], below.name)
			}
		}
	}
	for i, f := range floors {
		for _, name := range f.on {
			if !slices.ContainsFunc(floors[:i], func(f floor) bool { return f.name == name }) {
				t.Errorf("%s stands on %s, which is not below it", f.name, name)
			}
			if !slices.Contains(used[f.name], name) {
				t.Errorf("%s does not use %s any more", f.name, name)
			}
		}
	}
}

func TestOutsideModules(t *testing.T) {
	for _, s := range sources(t, "ircd", "config", "languages", "tests") {
		for _, name := range s.imports {
			first, _, _ := strings.Cut(name, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(name, module) {
				continue
			}
			var may []string
			for m, packages := range outside {
				if name == m || strings.HasPrefix(name, m+"/") {
					may = append(may, packages...)
				}
			}
			if !slices.Contains(may, s.pkg) {
				t.Errorf("%s imports %s, which only %q may", s.path, name, may)
			}
		}
	}
}

func TestPurity(t *testing.T) {
	for _, s := range sources(t, "ircd") {
		if !slices.Contains(pure, s.pkg) {
			continue
		}
		for _, name := range s.imports {
			io := []string{"io", "os", "net", "syscall", "bufio", "log", "log/slog"}
			if slices.Contains(io, name) || strings.HasPrefix(name, "net/") && name != "net/netip" {
				t.Errorf("%s imports %s, but must not perform I/O", s.path, name)
			}
			// The settings are data to those who get them, and a session's socket is an interface.
			ours, is := strings.CutPrefix(name, module+"/")
			if is && !slices.Contains(pure, ours) && ours != "config" && ours != "ircd/session" {
				t.Errorf("%s imports %s, which may perform I/O", s.path, name)
			}
		}
	}
}
