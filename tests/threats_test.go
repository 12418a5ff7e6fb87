package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// threats are what a server on the open network has to bear, by kind, with the tests of
// each: conversations, and tests by their folder. Whoever finds another threat adds a row,
// and the test to it.
var threats = []struct {
	kind, threat string
	tests        []string
}{
	{"authentication", "SASL that is aborted, mixed with other commands, begun anew, or too long", []string{"sasl-edge", "sasl", "ircd/sasl:FuzzExchange"}},
	{"authentication", "accounts that are not confirmed, or suspended, by any way in", []string{"nickserv-unverified", "account-verification", "ircd/accounts:TestAuthorise", "ircd/accounts:TestSuspended", "ircd/accounts:TestSuspendRace"}},
	{"authentication", "hashing passwords as work for the server", []string{"ircd/accounts:TestPool", "ircd/accounts:TestThrottleAccount", "ircd/accounts:TestThrottleAddress"}},
	{"authentication", "guessing, and learning who has an account", []string{"ircd/accounts:TestGuesses", "ircd/accounts/password:TestDummy", "ircd/sasl:TestScramUnknown", "ircd/accounts:TestForgottenTellsNothing", "oper-throttle"}},

	{"information", "secret channels, by any command", []string{"mode-secret", "tests:TestSecretIsAbsent"}},
	{"information", "what a client may not see, in anything it is sent", []string{"tests/player:TestNothingLeaks", "who-hidden", "whois-hidden", "usermode-invisible", "metadata-hidden"}},
	{"information", "history from before joining, and after leaving, a kick or a ban", []string{"chathistory-permissions", "chathistory-secret", "chathistory-banned", "chathistory-cutoff", "event-playback-hidden"}},
	{"information", "addresses behind cloaks", []string{"usermode-cloak", "ircd/cloak:TestCloak"}},
	{"information", "secrets in logs and records", []string{"ircd/accounts:TestSecretsStayInside"}},

	{"speech", "those who may not speak, by notices, tags, several lines, edits, new nicks or reasons", []string{"tests:TestMutedMembers", "mode-ban", "mode-moderated", "multiline-modes", "message-edit", "redact", "relaymsg", "statusmsg"}},
	{"speech", "spam in disguise", []string{"spamfilter", "spamfilter-targets", "ircd/spamfilter:TestMatch"}},

	{"injection", "line ends and zeros, in tags, parameters, names and addresses", []string{"ircd/wire:FuzzParse", "ircd/wire:FuzzAppend", "tests:FuzzTags", "tests:FuzzMetadata", "ircd/listener:TestValidHost", "ircd/listener:FuzzIdent"}},
	{"injection", "line ends in the frames of WebSocket", []string{"ircd/listener:FuzzWebSocketWrite", "ircd/listener:TestWebSocketRefuses"}},
	{"injection", "line ends in what programs send to the API", []string{"ircd/server:TestAPIInjection"}},
	{"injection", "headers of letters", []string{"ircd/mail:TestNoInjection"}},

	{"memory", "clients that never finish connecting", []string{"registration-timeout", "tests:TestUnregisteredConnections", "ircd/listener:TestHandshakeTimeout"}},
	{"memory", "lines, tags and batches without an end", []string{"excess-flood", "tag-budget", "multiline-limits", "client-batch"}},
	{"memory", "lists that grow: bans, MONITOR, metadata, SILENCE, ACCEPT", []string{"mode-list-full", "monitor-limit", "metadata-limits", "silence", "accept-limit"}},
	{"memory", "frames of WebSocket that are compressed, endless or in endless pieces", []string{"ircd/listener:TestWebSocketFrames"}},
	{"memory", "labels of what is never answered", []string{"labeled-response", "ircd/session:FuzzLabels"}},
	{"memory", "clients that do not read", []string{"ircd/session:TestQueueExceeded", "ircd/server:TestSlowReader", "tests:TestLongAnswers"}},
	{"memory", "addresses without number", []string{"ircd/listener:TestLimiterMemory", "ircd/accounts:TestThrottleMemory"}},

	{"CPU", "masks that backtrack", []string{"ircd/casemap:TestMatchTime", "ircd/casemap:FuzzMask"}},
	{"CPU", "filters that backtrack", []string{"ircd/spamfilter:TestMatchTime", "ircd/spamfilter:FuzzFilter"}},
	{"CPU", "commands that cost much", []string{"flood", "ircd/dispatch:TestBudget"}},
	{"CPU", "JSON that is long, or deep", []string{"ircd/server:TestAPI", "metadata-limits"}},
	{"CPU", "handshakes of TLS", []string{"ircd/listener:TestGate", "ircd/dispatch:TestLobby"}},
	{"CPU", "bans by the hundred thousand", []string{"ircd/bans:TestIndex", "ircd/bans:BenchmarkJudge"}},

	{"network", "requests to addresses inside, by push and the like", []string{"ircd/outbound:TestPublic", "ircd/push:TestAddresses", "ircd/push:TestRedirect", "webpush-errors"}},
	{"network", "PROXY, X-Forwarded-For and WEBIRC from strangers", []string{"ircd/listener:TestProxy", "ircd/listener:TestForwardedFor", "ircd/listener:FuzzProxyHeader", "webirc"}},
	{"network", "web pages and browsers", []string{"ircd/listener:TestOrigin", "web-browser"}},
	{"network", "stalled, old and stripped TLS", []string{"ircd/listener:TestTLSRefuses", "ircd/listener:TestRefusedBeforeTLS", "sts"}},
	{"network", "lists in the DNS that do not answer", []string{"ircd/blocklist:TestDeadline", "blocklists"}},
	{"network", "Tor taken for this machine", []string{"ircd/server:TestTor"}},

	{"impersonation", "names that look alike, are invisible, or differ in case", []string{"ircd/casemap:TestSkeleton", "ircd/casemap:TestMixedScript", "casemapping-precis", "nick"}},
	{"impersonation", "nicks of services, of accounts, of guests and of others on other networks", []string{"nickserv-protect", "resv", "ircd/casemap:TestRelayNicksAreNoNicks"}},
	{"impersonation", "tags of the server, such as those of operators", []string{"oper-tag", "client-tags"}},

	{"floods", "very many connections, at once or again and again", []string{"ircd/listener:TestLimiterRate", "ircd/listener:TestMass", "ircd/listener:TestClasses"}},
	{"floods", "waves of spammers from as many addresses", []string{"tests:TestWave", "tests:TestWaveAtTheDoor", "newcomers", "ircd/throng:TestWave"}},
	{"floods", "lines, nicks, invitations, knocks and typing without pause", []string{"flood", "restless", "mode-flood", "mode-knock", "typing"}},

	{"faults", "death at any moment", []string{"ircd/history/bunt:TestCrash", "ircd/store/bunt:TestCrash", "tests/crash:TestKill", "tests/crash:TestTerminate"}},
	{"faults", "a full disk, and one that fails", []string{"ircd/history/bunt:TestDiskFull", "ircd/store/bunt:TestDiskFull", "ircd/store/bunt:TestSyncFails", "tests/crash:TestFull", "ircd:TestFullDisk"}},
	{"faults", "a disk that is slow", []string{"tests/crash:TestSlowDisk", "ircd/history/bunt:TestNothingWaits"}},
	{"faults", "descriptors that are used up", []string{"ircd/listener:TestAcceptErrors", "tests/crash:TestDescriptors"}},
	{"faults", "clocks that jump, or are wrong", []string{"ircd/server:TestClockJumps", "ircd/cluster:TestClockJump", "tests:TestSkewedServer"}},
	{"faults", "damaged files", []string{"ircd/history/bunt:TestDamage", "ircd/store/bunt:TestDamage"}},
	{"faults", "networks that are cut, in one direction or both", []string{"ircd/cluster:TestOneWay", "tests/player:TestConvergence", "tests/chaos:TestChaos", "split"}},
	{"faults", "servers that lie, or are of another version", []string{"ircd/cluster:TestForged", "ircd/network:TestFromNextVersion"}},
	{"operators", "privileges that guard more, or less, than they say", []string{"tests:TestPrivileges", "oper-classes", "deoper"}},
}

// threatsPage is the page that lists them.
const threatsPage = "../docs/manual/threats.md"

// TestGeneratedThreats checks that the page is what the table says. With GENERATE=1 it
// writes it.
func TestGeneratedThreats(t *testing.T) {
	var b strings.Builder
	b.WriteString("<!-- Made by \"make generate\" from tests/threats_test.go. -->\n")
	b.WriteString("# Threats\n\nWhat a server on the open network has to bear, and the tests that show that this one does. `folder:TestName` is a test of Go,\n" +
		"`folder:FuzzName` is one that makes up its input; what is only a name is a conversation, in `tests/conversations`.\n")
	kind := ""
	for _, x := range threats {
		if x.kind != kind {
			kind = x.kind
			fmt.Fprintf(&b, "\n## %s\n\n| threat | tests |\n|---|---|\n", strings.ToUpper(kind[:1])+kind[1:])
		}
		fmt.Fprintf(&b, "| %s | `%s` |\n", x.threat, strings.Join(x.tests, "` `"))
	}
	isCurrent(t, threatsPage, b.String())
}

// TestThreats: each threat has its tests, which are there.
func TestThreats(t *testing.T) {
	there := map[string]string{} // the tests in a folder
	for _, x := range threats {
		if len(x.tests) == 0 {
			t.Errorf("%s: %s has no test", x.kind, x.threat)
		}
		for _, test := range x.tests {
			folder, name, ok := strings.Cut(test, ":")
			if !ok {
				if _, err := os.Stat(filepath.Join("conversations", test+".txtar")); err != nil {
					t.Errorf("%s: %v", x.threat, err)
				}
				continue
			}
			if there[folder] == "" {
				there[folder] = testsOf(t, folder)
			}
			if !regexp.MustCompile(`(?m)^func ` + name + `\(`).MatchString(there[folder]) {
				t.Errorf("%s: there is no %s in %s", x.threat, name, folder)
			}
		}
	}
}

// testsOf returns the source of the tests in a folder.
func testsOf(t *testing.T, folder string) string {
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("%s has no tests: %v", folder, err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
