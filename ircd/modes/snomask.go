package modes

import (
	"strings"

	"github.com/parley-irc/parley/ircd/lang"
)

// A Snomask is a kind of notices that operators receive by user mode s.
type Snomask struct {
	Letter byte
	Name   string
	Help   lang.Text
}

// The letters of the kinds of notices that other packages name. A capital is for
// what happens on other servers.
const (
	SnoBans, SnoChannels, SnoAccounts, SnoFloods      = 'x', 'j', 'u', 'f'
	SnoStats                                          = 's'
	SnoConnects, SnoFarConnects                       = 'c', 'C'
	SnoDisconnects, SnoFarDisconnects                 = 'd', 'D'
	SnoNicks, SnoFarNicks                             = 'n', 'N'
	SnoInvites, SnoKills, SnoLinks, SnoOpers, SnoRuns = 'i', 'k', 'l', 'o', 'r'
	SnoSpam                                           = 'm'
)

var snomasks = []Snomask{
	{SnoConnects, "connects", "Users who connect to this server."},
	{SnoFarConnects, "far-connects", "Users who connect to other servers."},
	{SnoDisconnects, "disconnects", "Users who leave this server."},
	{SnoFarDisconnects, "far-disconnects", "Users who leave other servers."},
	{SnoFloods, "floods", "Floods, and connections over a limit."},
	{SnoInvites, "invites", "Invitations to channels."},
	{SnoChannels, "channels", "Channels that are made, renamed, registered or dropped."},
	{SnoKills, "kills", "Users whom an operator removes."},
	{SnoLinks, "links", "Servers that come and go, or whose clock is wrong."},
	{SnoSpam, "spam", "Those whom a spam filter meets, and what they have said."},
	{SnoNicks, "nicks", "Users of this server who change their nick."},
	{SnoFarNicks, "far-nicks", "Users of other servers who change their nick."},
	{SnoOpers, "opers", "Who becomes an operator or fails to, and what operators do."},
	{SnoRuns, "runs", "Changes of the configuration and of how the server runs."},
	{SnoStats, "stats", "Who asks for STATS or TRACE."},
	{SnoAccounts, "accounts", "Accounts that are registered, suspended or removed, and logins that fail."},
	{SnoBans, "bans", "Bans that are set or over, and who meets them."},
}

// Snomasks returns the kinds of notices.
func Snomasks() []Snomask { return snomasks }

// ChangeSnomask returns the letters that are chosen after a change, in the order of
// the table, and the first letter that there is not. A change is letters that
// replace the current ones or, after a sign, are added or taken away; "*" is all.
func ChangeSnomask(current, change string) (letters string, unknown rune) {
	on := map[rune]bool{}
	if strings.IndexAny(change, "+-") == 0 {
		for _, c := range current {
			on[c] = true
		}
	}
	add := true
	for _, c := range change {
		switch {
		case c == '+' || c == '-':
			add = c == '+'
		case c == '*':
			for _, row := range snomasks {
				on[rune(row.Letter)] = add
			}
		case !isSnomask(c):
			unknown = c
			return current, unknown
		default:
			on[c] = add
		}
	}
	var b strings.Builder
	for _, row := range snomasks {
		if on[rune(row.Letter)] {
			b.WriteByte(row.Letter)
		}
	}
	return b.String(), 0
}

func isSnomask(c rune) bool {
	for _, row := range snomasks {
		if rune(row.Letter) == c {
			return true
		}
	}
	return false
}

// parseSnomask checks a change of what notices are received.
func parseSnomask(param string) (string, bool) {
	_, unknown := ChangeSnomask("", param)
	return param, unknown == 0
}
