package commands

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
)

var _ = add(dispatch.Command{
	Name:  "WHOIS",
	Usage: "[<server>] <nick>",
	Help:  "Shows who a user is.",
	More:  []lang.Text{"Instead of a server you can give the nick again. Every server knows the answer."},
	Quiet: true,
	Run:   whois,
})

// whois answers for users of all servers alike: what they say reaches every server,
// so that this one knows how long they have been idle.
func whois(r *dispatch.Request) error {
	server, list := "", r.Param(0)
	if r.Param(1) != "" {
		server, list = r.Param(0), r.Param(1)
	}
	nick, _, _ := strings.Cut(list, ",")
	if nick == "" {
		return numerics.NoNickGiven.With()
	}
	w := r.Server.Network.World
	u := w.User(nick)
	if server != "" && !knows(r, server, u) {
		return numerics.NoSuchServer.With(word(server))
	}
	switch v := r.Server.Service(nick); {
	case u != nil:
		describe(r, viewerOf(r), u, u.Identity())
	case v != nil:
		describeService(r, v)
	default:
		r.Reply(numerics.NoSuchNick.With(word(nick)))
	}
	r.Reply(numerics.EndOfWhois.With(word(nick)))
	return nil
}

// describeService answers for a part of the server that is spoken to like a user.
func describeService(r *dispatch.Request, v *dispatch.Service) {
	r.Reply(numerics.WhoisUser.With(v.Nick, v.Nick, v.Host(), "*").Fmt(v.About))
	r.Reply(numerics.WhoisServer.With(v.Nick, r.Server.Name()).Fmt(about(r, r.Server.Name())))
	r.Reply(numerics.WhoisOperator.With(v.Nick).Because("is a network service"))
}

// knows reports whether server names one in reach, that of u, or that of another user by
// the nick.
func knows(r *dispatch.Request, server string, u *state.User) bool {
	if u != nil && r.Server.Network.World.Mapping.Compile(server).Match(u.ServerName()) {
		return true
	}
	_, err := r.Server.Network.ServerOf(server)
	return err == nil
}

func describe(r *dispatch.Request, v viewer, u *state.User, id *state.Identity) {
	r.Reply(numerics.WhoisUser.With(id.Nick, id.Ident, id.Host, "*").Fmt(id.Realname))
	var channels []string
	for m := range v.memberships(u) {
		channels = append(channels, v.prefixes(m)+m.Channel.Name())
	}
	replyLines(r, numerics.WhoisChannels.With(id.Nick), " ", channels)
	r.Reply(numerics.WhoisServer.With(id.Nick, id.Server).Fmt(about(r, id.Server)))
	if id.Away != "" {
		r.Reply(numerics.Away.With(id.Nick).Fmt(id.Away))
	}
	if v.isOper(u, id) {
		r.Reply(operator(id))
	}
	if id.Modes.Has(modes.Bot) {
		r.Reply(numerics.WhoisBot.With(id.Nick))
	}
	if id.Account != "" {
		r.Reply(numerics.WhoisAccount.With(id.Nick, id.Account))
	}
	if id.Person.Secure {
		r.Reply(numerics.WhoisSecure.With(id.Nick))
	}
	if v.intimate(u) {
		confide(r, id)
	}
	metaWhois(r, u)
	if v.showsIdle(u, id) {
		r.Reply(numerics.WhoisIdle.With(id.Nick, idleSeconds(r, u), strconv.FormatInt(id.Person.Signon.Unix(), 10)))
	}
}

// confide tells what only the user and operators may know.
func confide(r *dispatch.Request, id *state.Identity) {
	p := id.Person
	if p.CertFP != "" {
		r.Reply(numerics.WhoisCertFP.With(id.Nick).Fmt(p.CertFP))
	}
	r.Reply(numerics.WhoisActually.With(id.Nick, id.Ident+"@"+p.RealHost, p.IP))
	r.Reply(numerics.WhoisHost.With(id.Nick).Fmt(id.Ident, p.RealHost, p.IP))
	if r.User.Identity().IsOper() {
		confideStanding(r, id)
	}
	r.Reply(numerics.WhoisModes.With(id.Nick).Fmt("+" + id.Modes.String()))
	if tags := r.Session.Language().Tags(); id.Nick == r.User.Nick() && tags[0] != "en" {
		r.Reply(numerics.WhoisLanguage.With(append([]string{id.Nick}, tags...)...))
	}
}

// confideStanding tells operators what the configuration lets them know besides: in which
// of its groups somebody is, and where.
func confideStanding(r *dispatch.Request, id *state.Identity) {
	var groups []string
	for _, g := range r.Server.Config().SecurityGroups {
		if slices.Contains(strings.Fields(id.Person.Groups), g.Name) {
			groups = append(groups, g.Name)
		}
	}
	if len(groups) > 0 {
		r.Reply(numerics.WhoisSpecial.With(id.Nick).Because("is in the security groups %s", strings.Join(groups, ", ")))
	}
	if p := id.Person; p.Country != "" || p.ASN != "" {
		place := r.Server.PlaceOf(addrOf(p.IP))
		r.Reply(numerics.WhoisSpecial.With(id.Nick).Because("is in the country %s and the network AS%s (%s)", known(p.Country), known(p.ASN), known(place.Network)))
	}
}

// known is what is known of somebody, or that nothing is.
func known(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

func addrOf(text string) netip.Addr {
	a, _ := netip.ParseAddr(text)
	return a
}

func operator(id *state.Identity) numerics.Reply {
	reply := numerics.WhoisOperator.With(id.Nick)
	if id.Oper.Title != "" {
		reply = reply.Because("is %s", id.Oper.Title)
	}
	return reply
}

// about returns what is known about a server.
func about(r *dispatch.Request, server string) string {
	if text := r.Server.Network.About(server); text != "" {
		return text
	}
	return r.Server.Config().Network.Name
}

func idleSeconds(r *dispatch.Request, u *state.User) string {
	return strconv.Itoa(int(r.Server.Network.Idle(u).Seconds()))
}

// replyLines sends a numeric that lists words, in as many lines as it takes.
func replyLines(r *dispatch.Request, n numerics.Reply, sep string, words []string) {
	for _, m := range r.Server.Network.NumericLines(r.Name(), n, sep, words) {
		r.Session.ReplyMessage(&m)
	}
}
