// Package tests tests the server as a whole: conversations between clients and
// servers, and the rules that its source follows.
package tests

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// layers are the packages of the program. Each may import those of lower layers,
// but none of its own.
var layers = [][]string{
	{"config", "ircd/casemap", "ircd/lang", "ircd/roff"},
	{"languages", "ircd/throng", "ircd/courtesy", "ircd/extban", "ircd/privs", "ircd/cloak", "ircd/caps", "ircd/modes", "ircd/numerics", "ircd/event"},
	{"ircd/isupport", "ircd/wire"},
	{"ircd/session", "ircd/store", "ircd/link", "ircd/history", "ircd/outbound"},
	{"ircd/mail", "ircd/store/bunt", "ircd/store/storetest", "ircd/history/bunt", "ircd/history/historytest", "ircd/server/control", "ircd/link/local", "ircd/link/mem", "ircd/link/linktest", "ircd/state"},
	{"ircd/cluster", "ircd/cluster/clustertest", "ircd/hits", "ircd/blocklist", "ircd/geoip", "ircd/geoip/geoiptest"},
	{"ircd/spamfilter", "ircd/reputation"},
	{"ircd/accounts/password", "ircd/transfer", "ircd/listener", "ircd/extjwt", "ircd/profiles", "ircd/push", "ircd/totp", "ircd/passkey", "ircd/passkey/passkeytest", "ircd/mail/mailtest"},
	{"ircd/link/nats", "ircd/store/jetstream", "ircd/accounts/foreign"},
	{"ircd/accounts", "ircd/migrate", "ircd/audit", "ircd/chanreg", "ircd/bans", "ircd/defcon", "ircd/vhosts", "ircd/memos"},
	{"ircd/migrate/ergo", "ircd/migrate/anope", "ircd/migrate/atheme", "ircd/sasl", "ircd/authtoken", "ircd/network", "ircd/authority/bearer", "ircd/authority/directory", "ircd/authority/script"},
	{"ircd/dispatch", "ircd/alwayson", "ircd/markers"},
	{"ircd/migrate/writer", "ircd/commands", "ircd/services/nickserv", "ircd/services/operserv", "ircd/services/chanserv", "ircd/services/histserv", "ircd/services/hostserv", "ircd/services/memoserv"},
	{"ircd/metrics"},
	{"ircd/acme"},
	{"ircd/services", "ircd/httpapi"},
	{"ircd/server", "ircd/reference", "languages/missing"},
	{"ircd"},
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

// layer returns the layer of a package, -1 if it is in none.
func layer(pkg string) int {
	for i, l := range layers {
		if slices.Contains(l, pkg) {
			return i
		}
	}
	return -1
}

func TestLayers(t *testing.T) {
	for _, s := range sources(t, "ircd", "config", "languages") {
		if layer(s.pkg) < 0 {
			t.Errorf("%s is in no layer", s.pkg)
		}
		for _, name := range s.imports {
			if in, ours := strings.CutPrefix(name, module+"/"); ours && layer(in) >= layer(s.pkg) {
				t.Errorf("%s (layer %d) imports %s (layer %d)", s.path, layer(s.pkg), in, layer(in))
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
		}
	}
}

// TestOnlyNetworkUpdates tests that no package but network changes the state. Who
// calls Update has to write a function of a *state.Tx or a state.ChannelTx.
func TestOnlyNetworkUpdates(t *testing.T) {
	for _, s := range sources(t, "ircd", "tests") {
		if s.pkg == "ircd/network" || s.pkg == "ircd/state" {
			continue
		}
		for _, i := range s.file.Imports {
			if i.Name != nil && strings.HasSuffix(i.Path.Value, `/ircd/state"`) {
				t.Errorf("%s gives package state another name", s.path)
			}
		}
		s.eachSelector(func(x, name string, n ast.Node) {
			if x == "state" && (name == "Tx" || name == "ChannelTx") {
				t.Errorf("%s uses state.%s, which is reserved to package network", s.line(n), name)
			}
		})
	}
}

// TestFolding tests that names are compared in one place. The exceptions compare
// what is no name.
func TestFolding(t *testing.T) {
	exceptions := map[string]string{
		"ircd/httpapi":  "the words of HTTP headers",
		"ircd/listener": "the words of HTTP headers",
		"ircd":          "the answers of who sets up a server",
		"ircd/lang":     "the tags of languages",
		// The model must not share the mistakes of what it is compared with.
		"ircd/history/historytest": "the texts that a search finds",
	}
	used := map[string]bool{}
	for _, s := range sources(t, "ircd") {
		s.eachSelector(func(x, name string, n ast.Node) {
			if x != "strings" && x != "bytes" || name != "ToLower" && name != "EqualFold" || s.pkg == "ircd/casemap" {
				return
			}
			if used[s.pkg] = true; exceptions[s.pkg] == "" {
				t.Errorf("%s: %s.%s; use casemap", s.line(n), x, name)
			}
		})
	}
	for pkg := range exceptions {
		if !used[pkg] {
			t.Errorf("%s needs no exception any more", pkg)
		}
	}
}

// TestNoInit tests that nothing happens before main.
func TestNoInit(t *testing.T) {
	for _, s := range sources(t, "ircd", "config", "languages", "tests") {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: there is an init function", s.line(d))
			}
		}
	}
}

// TestPackageComments tests that every package says what it is.
func TestPackageComments(t *testing.T) {
	has := map[string]bool{}
	for _, s := range sources(t, "ircd", "config", "languages", "tests") {
		has[s.pkg] = has[s.pkg] || s.file.Doc.Text() != ""
	}
	for pkg, ok := range has {
		if !ok {
			t.Errorf("%s has no package comment", pkg)
		}
	}
}
