package commands

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "WHO",
	Usage: "[<mask> [<options>[%<fields>[,<token>]]]]",
	Help:  "Lists the members of a channel, a user, or the users who match a mask.",
	More: []lang.Text{
		"Options are letters; after a percent sign follow the letters of fields, and after a comma a token that comes back.",
		"o: only operators. n, u, h, s, r, a, i: compare the mask with the nick, username, host, server, real name, account, address.",
		"Fields: t token, c channel, u username, i address, h host, s server, n nick, f flags, d distance, l idle seconds, a account, o operator level, r real name.",
	},
	Spec: "https://ircv3.net/specs/extensions/whox",
	Cost: 2,
	Run:  who,
})

// A whoQuery is what a WHO asks for.
type whoQuery struct {
	mask   string
	opers  bool
	by     string // letters of what the mask is compared with, or "" for all
	fields string // of WHOX, in the order of the reply; "" is a plain WHO
	token  string
}

func parseWho(mask, options string) whoQuery {
	q := whoQuery{mask: mask, token: "0"}
	if mask == "" || mask == "0" {
		q.mask = "*"
	}
	letters, extended, _ := strings.Cut(options, "%")
	q.opers = strings.Contains(letters, "o")
	q.by = keep("nuhsrai", letters)
	fields, token, _ := strings.Cut(extended, ",")
	q.fields = keep(whoxFields, fields)
	if isToken(token) {
		q.token = token
	}
	return q
}

// keep returns the letters of all that are in some, in the order of all.
func keep(all, some string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(some, c) {
			return c
		}
		return -1
	}, all)
}

func who(r *dispatch.Request) error {
	q := parseWho(r.Param(0), r.Param(1))
	w, v := r.Server.Network.World, viewerOf(r)
	answered := false
	switch u := w.User(q.mask); {
	case casemap.IsChannel(q.mask):
		answered = whoChannel(r, v, q)
	case q.by == "" && u != nil:
		answered = whoReply(r, v, q, u, nil)
	case q.by == "" && w.Mapping.ValidNick(q.mask, casemap.MaxMask):
		answered = true // a mask that could be a nick is one
	default:
		answered = whoMask(r, v, q)
	}
	if answered {
		mask := r.Param(0)
		if mask == "" {
			mask = "*"
		}
		r.Reply(numerics.EndOfWho.With(word(mask)))
	}
	return nil
}

// whoChannel and the functions below report false if the client is gone.
func whoChannel(r *dispatch.Request, v viewer, q whoQuery) bool {
	ch := r.Server.Network.World.Channel(q.mask)
	if ch == nil || !r.CanSee(ch) {
		return true
	}
	members, all := visibleMembers(r, ch)
	for _, m := range members {
		if (all || v.finds(m.User)) && !whoReply(r, v, q, m.User, m) {
			return false
		}
	}
	return true
}

func whoMask(r *dispatch.Request, v viewer, q whoQuery) bool {
	match := whoMatcher(r.Server.Network.World.Mapping, q.mask, q.by)
	users := slices.DeleteFunc(r.Server.Network.World.Users(), func(u *state.User) bool {
		return !match(u.Identity(), v.intimate(u)) || !v.finds(u)
	})
	slices.SortFunc(users, func(a, b *state.User) int { return strings.Compare(a.Nick(), b.Nick()) })
	for _, u := range users {
		if !whoReply(r, v, q, u, nil) {
			return false
		}
	}
	return true
}

// whoMatcher returns the function that compares users with a mask. One with "!" or
// "@" is compared with nick!ident@host, and with nothing else; with hosts, servers
// and addresses only one that looks like it, because cloaks begin with any letter.
// What others do not see of a user is compared only if intimate is true.
func whoMatcher(mapping casemap.Mapping, mask, by string) func(id *state.Identity, intimate bool) bool {
	if by == "" && strings.ContainsAny(mask, "!@") {
		k := mapping.Compile(casemap.NormaliseMask(mask))
		return func(id *state.Identity, _ bool) bool { return k.Match(id.Source()) }
	}
	k := mapping.Compile(mask)
	if by == "" && !strings.ContainsAny(mask, ".:") {
		by = "nura"
	}
	has := func(letter, text string) bool {
		return (by == "" || strings.Contains(by, letter)) && k.Match(text)
	}
	return func(id *state.Identity, intimate bool) bool {
		p := id.Person
		return has("n", id.Nick) || has("u", id.Ident) || has("h", id.Host) || has("s", p.Server) ||
			has("r", id.Realname) || id.Account != "" && has("a", id.Account) ||
			intimate && (has("h", p.RealHost) || has("i", p.IP))
	}
}

// whoReply sends one user, as a member of a channel or, with nil, of the first one
// that the client may know of.
func whoReply(r *dispatch.Request, v viewer, q whoQuery, u *state.User, m *state.Member) bool {
	s := whoSubject{u: u, id: u.Identity(), m: m, channel: "*"}
	if q.opers && !v.isOper(u, s.id) {
		return true
	}
	if s.m == nil {
		for s.m = range v.memberships(u) {
			break
		}
	}
	if s.m != nil {
		s.channel = s.m.Channel.Name()
	}
	if q.fields != "" {
		r.Reply(numerics.WhoxReply.With(s.fields(r, v, q)...))
	} else {
		id := s.id
		r.Reply(numerics.WhoReply.With(s.channel, id.Ident, id.Host, id.Server, id.Nick, s.flags(v)).
			Fmt(s.distance(), id.Realname))
	}
	return r.Session.Wait()
}

// A whoSubject is a user as WHO shows one.
type whoSubject struct {
	u       *state.User
	id      *state.Identity
	m       *state.Member // or nil
	channel string
}

// flags are "H" for here or "G" for gone, "*" for an operator, the prefixes in the
// channel, and the letter of mode B.
// https://modern.ircdocs.horse/#rplwhoreply-352
func (s whoSubject) flags(v viewer) string {
	f := "H"
	if s.id.Away != "" {
		f = "G"
	}
	if v.isOper(s.u, s.id) {
		f += "*"
	}
	f += v.prefixes(s.m)
	if s.id.Modes.Has(modes.Bot) {
		f += string(rune(modes.Bot))
	}
	return f
}

// distance is the number of links between this server and the user's.
func (s whoSubject) distance() int {
	if s.u.Local() {
		return 0
	}
	return 1
}
