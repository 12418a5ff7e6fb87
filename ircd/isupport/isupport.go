// Package isupport lists the tokens that tell clients what the server supports.
//
// A token is one row, and its value is computed from what the server runs on,
// so that what is said is what is so.
// https://modern.ircdocs.horse/#rplisupport-parameters
package isupport

import (
	"slices"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/modes"
)

// A Source is what the values of tokens are made from.
type Source struct {
	Config *config.Config
	Modes  *modes.Table
	// PushKey is the public key of push notifications, "" if there are none.
	PushKey string
}

// A Row is one token.
type Row struct {
	Name string
	Help string // for the reference
	// Value returns the value, "" for a token without one. ok is false if the
	// server does not have what the token stands for.
	Value func(s Source) (value string, ok bool)
}

// Tokens returns the tokens of a server, sorted, as in "NICKLEN=32".
func Tokens(s Source) (tokens []string) {
	for _, r := range table {
		v, ok := r.Value(s)
		switch {
		case !ok:
		case v == "":
			tokens = append(tokens, r.Name)
		default:
			tokens = append(tokens, r.Name+"="+escape(v))
		}
	}
	slices.Sort(tokens)
	return tokens
}

// Lines groups tokens as RPL_ISUPPORT has them: 13 on a line at most, and no more
// than fit.
func Lines(tokens []string) (lines [][]string) {
	const most, bytes = 13, 380
	size := 0
	for _, t := range tokens {
		if n := len(lines); n == 0 || len(lines[n-1]) == most || size+len(t)+1 > bytes {
			lines, size = append(lines, nil), 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], t)
		size += len(t) + 1
	}
	return lines
}

// Diff returns the tokens that turn old into new: those that are new or changed,
// and with a minus those that are gone.
func Diff(old, new []string) (changes []string) {
	for _, t := range new {
		if !slices.Contains(old, t) {
			changes = append(changes, t)
		}
	}
	for _, t := range old {
		name, _, _ := strings.Cut(t, "=")
		if !slices.ContainsFunc(new, func(u string) bool { n, _, _ := strings.Cut(u, "="); return n == name }) {
			changes = append(changes, "-"+name)
		}
	}
	return changes
}

// escape writes what cannot stand in a value as \xHH.
func escape(v string) string {
	return strings.NewReplacer(`\`, `\x5C`, " ", `\x20`, "=", `\x3D`).Replace(v)
}

func fixed(v string) func(Source) (string, bool) {
	return func(Source) (string, bool) { return v, true }
}

func number(f func(c *config.Config) int) func(Source) (string, bool) {
	return func(s Source) (string, bool) { return strconv.Itoa(f(s.Config)), true }
}

// All returns the rows.
func All() []Row { return table }

var table = []Row{
	{"ACCEPT", "How many nicks an ACCEPT list may have.", number(func(c *config.Config) int { return c.Limits.Accept })},
	{"ACCOUNTEXTBAN", "The extended bans that match accounts.", fixed("account,a")},
	{"AWAYLEN", "The longest away message, in bytes.", number(func(c *config.Config) int { return c.Limits.AwayLength })},
	{"BOT", "The user mode of bots.", fixed(string(rune(modes.Bot)))},
	{"CALLERID", "The user mode of caller ID.", fixed(string(rune(modes.CallerID)))},
	{"CASEMAPPING", "When two names are the same.", func(s Source) (string, bool) { return s.Config.Server.Casemapping, true }},
	{"CHATHISTORY", "How many messages one CHATHISTORY returns at most.", func(s Source) (string, bool) {
		return strconv.Itoa(s.Config.History.ChatHistoryMax), s.Config.History.Enabled
	}},
	{"CHANLIMIT", "How many channels a user may be in.", func(s Source) (string, bool) {
		return "#:" + strconv.Itoa(s.Config.Limits.ChannelsPerUser), true
	}},
	{"CHANMODES", "The channel modes: lists, with a parameter always, when set, and never.", func(s Source) (string, bool) {
		return s.Modes.Chanmodes(), true
	}},
	{"CHANNELLEN", "The longest channel name, in bytes.", number(func(c *config.Config) int { return c.Limits.ChannelLength })},
	{"CHANTYPES", "What channel names begin with.", fixed("#")},
	{"CLIENTTAGDENY", "The client-only tags that are taken off messages.", func(s Source) (string, bool) {
		return strings.Join(s.Config.Server.ClientTagDeny, ","), len(s.Config.Server.ClientTagDeny) > 0
	}},
	{"ELIST", "What LIST can search by: creation, mask, negated mask, topic time, members.", fixed("CMNTU")},
	{"EXCEPTS", "There are ban exceptions, channel mode e.", fixed("")},
	{"EXTBAN", "The letters of extended bans, which have no prefix.", func(Source) (string, bool) {
		return "," + extban.Letters(), true
	}},
	{"EXTJWT", "Services elsewhere take tokens of this server, EXTJWT; the version.", func(s Source) (string, bool) {
		return "1", s.Config.ExtJWT.Enabled()
	}},
	{"FORWARD", "The channel mode of forwards.", fixed(string(rune(modes.Forward)))},
	{"INVEX", "There are invite exceptions, channel mode I.", fixed("")},
	{"KEYLEN", "The longest channel key, in bytes.", number(func(c *config.Config) int { return c.Limits.KeyLength })},
	{"KICKLEN", "The longest reason of KICK, in bytes.", number(func(c *config.Config) int { return c.Limits.KickLength })},
	{"KNOCK", "There is KNOCK.", fixed("")},
	{"MAXLIST", "How many entries the lists of a channel may have together.", func(s Source) (string, bool) {
		return s.Modes.Letters(modes.List) + ":" + strconv.Itoa(s.Config.Limits.ListModes), true
	}},
	{"MAXTARGETS", "To how many targets one message may go.", number(func(c *config.Config) int { return c.Limits.Targets })},
	{"MODES", "How many modes with a parameter one MODE may change.", number(func(c *config.Config) int { return c.Limits.Modes })},
	{"MONITOR", "How many nicks MONITOR may watch.", number(func(c *config.Config) int { return c.Limits.Monitor })},
	{"MSGREFTYPES", "How CHATHISTORY can refer to messages.", func(s Source) (string, bool) {
		return "msgid,timestamp", s.Config.History.Enabled
	}},
	{"NAMELEN", "The longest real name, in bytes.", number(func(c *config.Config) int { return c.Limits.RealnameLength })},
	{"NETWORK", "The name of the network.", func(s Source) (string, bool) { return s.Config.Network.Name, true }},
	{"NICKLEN", "The longest nick, in bytes.", number(func(c *config.Config) int { return c.Limits.NickLength })},
	{"PREFIX", "The status modes of members, and their prefixes.", func(s Source) (string, bool) {
		letters, prefixes := s.Modes.Statuses()
		return "(" + letters + ")" + prefixes, true
	}},
	{"SAFELIST", "A long LIST does not disconnect the client.", fixed("")},
	{"SAFERATE", "Sending fast does not disconnect the client.", fixed("")},
	{"SILENCE", "How many masks a SILENCE list may have.", number(func(c *config.Config) int { return c.Limits.Silence })},
	{"STATUSMSG", "The prefixes that may stand before a channel to address members with that status.", func(s Source) (string, bool) {
		_, prefixes := s.Modes.Statuses()
		return prefixes, true
	}},
	{"TARGMAX", "How many targets each command takes.", targmax},
	{"TOPICLEN", "The longest topic, in bytes.", number(func(c *config.Config) int { return c.Limits.TopicLength })},
	{"USERIP", "There is USERIP.", fixed("")},
	{"USERLEN", "The longest username, in bytes.", number(func(c *config.Config) int { return c.Limits.UserLength })},
	{"UTF8ONLY", "Messages must be UTF-8.", func(s Source) (string, bool) { return "", s.Config.Server.UTF8Only }},
	{"VAPID", "The key by which push services know this network.", func(s Source) (string, bool) {
		return s.PushKey, s.PushKey != ""
	}},
	{"WHOX", "WHO takes a choice of fields.", fixed("")},
	{"draft/ACCOUNTREQUIRED", "Connecting needs an account.", func(s Source) (string, bool) { return "", s.Config.Accounts.Required }},
	{"draft/AUTHTOKEN", "Services elsewhere take tokens of this server, TOKEN.", func(s Source) (string, bool) {
		return "", len(s.Config.AuthToken.Services) > 0
	}},
	{"draft/EMOJI", "Where the network's own emoji are.", func(s Source) (string, bool) {
		return s.Config.Network.Emoji, s.Config.Network.Emoji != ""
	}},
	{"draft/FILEHOST", "Where clients upload files.", filehost},
	{"draft/ICON", "An image of the network.", func(s Source) (string, bool) {
		return s.Config.Network.Icon, s.Config.Network.Icon != ""
	}},
	{"soju.im/FILEHOST", "The same as draft/FILEHOST, by the name of its first implementation.", filehost},
}

func filehost(s Source) (string, bool) {
	return s.Config.Server.FileHost, s.Config.Server.FileHost != ""
}

func targmax(s Source) (string, bool) {
	n := strconv.Itoa(s.Config.Limits.Targets)
	return "JOIN:,KICK:" + n + ",LIST:,NAMES:,NOTICE:" + n + ",PART:,PRIVMSG:" + n +
		",TAGMSG:" + n + ",WHOIS:1,WHOWAS:1", true
}
