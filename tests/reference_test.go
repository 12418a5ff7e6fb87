package tests

import (
	"fmt"
	"go/ast"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/isupport"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// offering returns a server, of which only what it offers is looked at.
func offering(t *testing.T) *dispatch.Server {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	users, err := accounts.Open(t.Context(), st, accounts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(users.Close)
	s, err := server.NewCore(config.Default(), server.Parts{
		Log: slog.Default(), Now: time.Now, Secret: make([]byte, 32), Accounts: users, Channels: &chanreg.Service{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sent returns the lines that clients send in conversations, as words without tags.
func sent(t *testing.T) (all [][]string) {
	for _, s := range conversations(t) {
		for _, line := range s.Sent() {
			words := strings.Fields(line)
			if strings.HasPrefix(words[0], "@") {
				words = words[1:]
			}
			all = append(all, words)
		}
	}
	return all
}

// TestCommands tests that every command has help and is used in a conversation.
func TestCommands(t *testing.T) {
	used := map[string]bool{}
	for _, words := range sent(t) {
		used[words[0]] = true
	}
	for _, c := range offering(t).Commands.Sorted() {
		if c.Help == "" || c.Run == nil && len(c.Subcommands) == 0 {
			t.Errorf("%s has no help", c.Name)
		}
		if !used[c.Name] {
			t.Errorf("%s is in no conversation", c.Name)
		}
	}
}

// TestServiceCommands tests that every command of a service has help and is used in
// a conversation.
func TestServiceCommands(t *testing.T) {
	lines := sent(t)
	for _, v := range offering(t).Services {
		names := append([]string{strings.ToUpper(v.Nick)}, v.Aliases...)
		for _, c := range v.Commands.Sorted() {
			if c.Help == "" || c.Run == nil && len(c.Subcommands) == 0 {
				t.Errorf("%s %s has no help", v.Nick, c.Name)
			}
			if !slices.ContainsFunc(lines, func(words []string) bool {
				if len(words) > 2 && words[0] == "PRIVMSG" {
					words = []string{words[1], strings.TrimPrefix(words[2], ":")}
				}
				return len(words) > 1 && slices.Contains(names, strings.ToUpper(words[0])) && strings.ToUpper(words[1]) == c.Name
			}) {
				t.Errorf("%s %s is in no conversation", v.Nick, c.Name)
			}
		}
	}
}

// TestModes tests that every mode is set in a conversation.
func TestModes(t *testing.T) {
	var channel, user string
	for _, words := range sent(t) {
		if words[0] != "MODE" || len(words) < 3 {
			continue
		}
		if strings.HasPrefix(words[1], "#") {
			channel += words[2]
		} else {
			user += words[2]
		}
	}
	check := func(kind, set string, rows []*modes.Mode) {
		for _, m := range rows {
			if !strings.ContainsRune(set, rune(m.Letter)) {
				t.Errorf("%s mode %c is in no conversation", kind, m.Letter)
			}
			if m.Help == "" {
				t.Errorf("%s mode %c has no help", kind, m.Letter)
			}
		}
	}
	check("channel", channel, modes.Channel().Rows)
	check("user", user, modes.User().Rows)
}

// TestSnomasks tests that every kind of server notices is received in a conversation.
func TestSnomasks(t *testing.T) {
	set := "l" // TestSkewedServer
	for _, words := range sent(t) {
		if words[0] == "MODE" && len(words) > 3 && words[2] == "+s" && words[3] != "*" {
			set += words[3]
		}
	}
	for _, row := range modes.Snomasks() {
		if !strings.ContainsRune(set, rune(row.Letter)) {
			t.Errorf("the notices of kind %c are in no conversation", row.Letter)
		}
		if row.Help == "" || row.Name == "" {
			t.Errorf("the notices of kind %c have no help", row.Letter)
		}
	}
}

// TestExtbans tests that every extended ban is set in a conversation.
func TestExtbans(t *testing.T) {
	var masks []string
	for _, words := range sent(t) {
		if words[0] == "MODE" && len(words) > 3 {
			masks = append(masks, words[3:]...)
		}
	}
	for _, row := range extban.Rows() {
		if !slices.ContainsFunc(masks, func(mask string) bool {
			mask = "&" + strings.TrimLeft(mask, "~!")
			return strings.Contains(mask, "&"+string(row.Letter)+":") || strings.Contains(mask, "&"+row.Name+":") ||
				strings.Contains(mask, ":"+string(row.Letter)+":")
		}) {
			t.Errorf("extended ban %c is in no conversation", row.Letter)
		}
	}
}

// besides are the specifications of what needs no capability.
var besides = []string{
	"https://ircv3.net/specs/batches/chathistory",
	"https://ircv3.net/specs/batches/netsplit",
	"https://ircv3.net/specs/client-tags/channel-context",
	"https://ircv3.net/specs/client-tags/react",
	"https://ircv3.net/specs/client-tags/reply",
	"https://ircv3.net/specs/client-tags/typing",
	"https://ircv3.net/specs/extensions/account-extban",
	"https://ircv3.net/specs/extensions/bot-mode",
	"https://ircv3.net/specs/extensions/client-batch",
	"https://ircv3.net/specs/extensions/message-ids",
	"https://ircv3.net/specs/extensions/monitor",
	"https://ircv3.net/specs/extensions/network-icon",
	"https://ircv3.net/specs/extensions/sasl-3.1",
	"https://ircv3.net/specs/extensions/utf8-only",
	"https://ircv3.net/specs/extensions/webirc",
	"https://ircv3.net/specs/extensions/websocket",
	"https://ircv3.net/specs/extensions/whox",
	"https://github.com/ircv3/ircv3-specifications/pull/547", // EXTJWT
	"https://github.com/ircv3/ircv3-specifications/pull/562", // filehost
	"https://github.com/ircv3/ircv3-specifications/pull/586", // emoji
}

// TestSpecifications tests that every specification is quoted in a conversation.
func TestSpecifications(t *testing.T) {
	quoted := map[string]bool{}
	for _, s := range conversations(t) {
		for _, address := range s.Quoted() {
			page, _, _ := strings.Cut(address, "#")
			quoted[address], quoted[page] = true, true
		}
	}
	all := slices.Clone(besides)
	for _, c := range caps.All() {
		all = append(all, c.URL)
	}
	for _, address := range all {
		if !quoted[address] {
			t.Errorf("%s is quoted in no conversation", address)
		}
	}
}

// TestISupport tests that every token of RPL_ISUPPORT is heard in a conversation.
func TestISupport(t *testing.T) {
	heard := map[string]bool{}
	for _, s := range conversations(t) {
		for _, words := range split(s.Heard()) {
			for _, w := range words {
				name, _, _ := strings.Cut(w, "=")
				heard[name] = heard[name] || slices.Contains(words, "005")
			}
		}
	}
	for _, row := range isupport.All() {
		if !heard[row.Name] {
			t.Errorf("%s is heard in no conversation", row.Name)
		}
	}
}

// TestCapabilities tests that every capability that is offered is used in a
// conversation.
func TestCapabilities(t *testing.T) {
	used := map[string]bool{}
	for _, s := range conversations(t) {
		for _, words := range append(s.Directives(), split(s.Sent())...) {
			for _, w := range words {
				used[strings.TrimPrefix(w, ":")] = true
			}
		}
	}
	for c := range offering(t).Offer(true).Set().Each() {
		if !used[c.String()] {
			t.Errorf("capability %s is in no conversation", c)
		}
	}
}

func split(lines []string) (all [][]string) {
	for _, line := range lines {
		all = append(all, strings.Fields(line))
	}
	return all
}

// unheard are the numerics that no conversation can show, and why.
var unheard = map[int]string{}

// TestNumerics tests that every numeric that the program sends is heard in a
// conversation.
func TestNumerics(t *testing.T) {
	heard := map[string]bool{}
	for _, s := range conversations(t) {
		for _, words := range split(s.Heard()) {
			for len(words) > 0 && strings.ContainsAny(words[0][:1], "@:") {
				words = words[1:]
			}
			if len(words) > 0 {
				heard[words[0]] = true
			}
		}
	}
	codes := numericCodes(t)
	for _, s := range sources(t, "ircd") {
		s.eachSelector(func(x, name string, n ast.Node) {
			code, ok := codes[name]
			if x != "numerics" || !ok || heard[fmt.Sprintf("%03d", code)] || unheard[code] != "" {
				return
			}
			t.Errorf("%s: %03d (%s) is heard in no conversation", s.line(n), code, name)
		})
	}
	for code, why := range unheard {
		if heard[fmt.Sprintf("%03d", code)] {
			t.Errorf("%03d is heard, in spite of: %s", code, why)
		}
	}
}

// numericCodes returns the codes of the numerics by the names that the program has
// for them.
func numericCodes(t *testing.T) map[string]int {
	codes := map[string]int{}
	for _, s := range sources(t, "ircd/numerics") {
		ast.Inspect(s.file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			if call, ok := v.Values[0].(*ast.CallExpr); ok && len(call.Args) > 0 {
				if lit, ok := call.Args[0].(*ast.BasicLit); ok {
					if code, err := strconv.Atoi(lit.Value); err == nil {
						codes[v.Names[0].Name] = code
					}
				}
			}
			return true
		})
	}
	if len(codes) < 100 {
		t.Fatalf("only %d numerics are found", len(codes))
	}
	return codes
}
