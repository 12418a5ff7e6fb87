package extban

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
)

// A Row describes an extended ban.
type Row struct {
	Letter byte
	Name   string
	Acting bool // says what the entry acts on or for how long, and is followed by whom
	Usage  string
	Help   lang.Text

	// parse makes the term of a matching row from its value, and returns the
	// value in canonical form.
	parse func(m casemap.Mapping, value string) (term, string, error)
	// act notes in e what an acting row does, and returns the canonical form of
	// its parameter, if it has one, and what follows.
	act func(e *Entry, m casemap.Mapping, value string) (param, rest string, err error)
}

// AccountNames is the value of the ACCOUNTEXTBAN token:
// https://ircv3.net/specs/extensions/account-extban
const AccountNames = "account,a"

const filterLetter = 'T'

// The extended bans, by letter. To support another, add a row here.
var rows = []Row{
	{Letter: 'A', Name: "asn", Usage: "A:<number>", parse: parseASN,
		Help: "Users whose address belongs to the autonomous system with this number."},
	{Letter: 'C', Name: "country", Usage: "C:<code>", parse: parseCountry,
		Help: "Users whose address is in the country with this two-letter code."},
	{Letter: 'G', Name: "group", Usage: "G:<group>", parse: parseGroup,
		Help: "Users in this security group, such as known-users, unknown-users, registered-users, tls-users, websocket-users, webirc-users, tor-users, or one of the network's own."},
	{Letter: 'S', Name: "certfp", Usage: "S:<fingerprint>", parse: parseCertFP,
		Help: "Users of the TLS client certificate with this fingerprint, or of any for *."},
	{Letter: filterLetter, Name: "text", Usage: "T:<block|censor>:<text>",
		Help: "Messages that contain the text: they are blocked, or the text is replaced by asterisks."},
	{Letter: 'U', Name: "unauthed", Usage: "U:*", parse: parseUnauthed,
		Help: "Users who are not logged in to an account."},
	{Letter: 'a', Name: "account", Usage: "a:<account>", parse: parseAccount,
		Help: "Users who are logged in to this account; wildcards are allowed."},
	{Letter: 'c', Name: "channel", Usage: "c:[<prefix>]<channel>", parse: parseChannel,
		Help: "Users in this channel; with a prefix such as @, those with at least that status in it."},
	{Letter: 'f', Name: "forward", Acting: true, Usage: "f:<channel>:<mask>", act: actForward,
		Help: "Whoever matches cannot join, and is sent to the other channel instead."},
	{Letter: 'j', Name: "join", Acting: true, Usage: "j:<mask>", act: action(Join),
		Help: "Whoever matches cannot join; members may stay and speak."},
	{Letter: 'm', Name: "mute", Acting: true, Usage: "m:<mask>", act: action(Mute),
		Help: "Whoever matches cannot speak without voice, but may join."},
	{Letter: 'n', Name: "nick", Acting: true, Usage: "n:<mask>", act: action(NickChange),
		Help: "Whoever matches cannot change nick while in the channel."},
	{Letter: 'o', Name: "oper", Usage: "o:<name>", parse: parseOper,
		Help: "Server operators with this name, or all of them for *."},
	{Letter: 'r', Name: "realname", Usage: "r:<mask>", parse: parseRealname,
		Help: "Users with a real name like this; write ? for a space."},
	{Letter: 's', Name: "server", Usage: "s:<mask>", parse: parseServer,
		Help: "Users who are connected to this server; wildcards are allowed."},
	{Letter: 't', Name: "time", Acting: true, Usage: "t:<minutes>:<mask>", act: actTime,
		Help: "The entry is removed after so many minutes."},
	{Letter: 'z', Name: "tls", Usage: "z:*", parse: parseTLS,
		Help: "Users who are connected securely, with TLS."},
}

// Rows returns the extended bans in the order of their letters.
func Rows() []Row { return slices.Clone(rows) }

// Letters returns the letters of the extended bans, the second part of the EXTBAN
// token: https://modern.ircdocs.horse/#extban-parameter
func Letters() string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteByte(r.Letter)
	}
	return b.String()
}

// lookup returns the row with this letter or, in any case, this name.
func lookup(name string) *Row {
	for i := range rows {
		r := &rows[i]
		if len(name) == 1 && name[0] == r.Letter || casemap.ASCII.Equal(name, r.Name) {
			return r
		}
	}
	return nil
}
