package httpapi

import (
	"time"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
)

// A User is somebody who is online.
type User struct {
	Nick     string    `json:"nick" doc:"The nick."`
	UID      string    `json:"uid" doc:"What identifies the user for as long as they are there."`
	Ident    string    `json:"ident" doc:"The username."`
	Host     string    `json:"host" doc:"The host that others see."`
	RealHost string    `json:"real_host,omitempty" doc:"The host name or address that the user connects from."`
	IP       string    `json:"ip,omitempty" doc:"The address that the user connects from."`
	Realname string    `json:"realname" doc:"The real name."`
	Account  string    `json:"account,omitempty" doc:"The account that the user is logged in to."`
	Oper     string    `json:"oper,omitempty" doc:"The name of the operator's block, if the user is one."`
	Modes    string    `json:"modes" doc:"The letters of the user modes that are set."`
	Away     string    `json:"away,omitempty" doc:"The message of who is away."`
	Secure   bool      `json:"secure" doc:"Whether the connection is encrypted."`
	CertFP   string    `json:"certfp,omitempty" doc:"The SHA-256 fingerprint of the TLS client certificate."`
	Country  string    `json:"country,omitempty" doc:"The country of the address, if that is known."`
	ASN      string    `json:"asn,omitempty" doc:"The autonomous system of the address, if that is known."`
	Since    time.Time `json:"since" doc:"When the user connected."`
	Idle     int       `json:"idle" doc:"Seconds since the user spoke."`
	Servers  []string  `json:"servers" doc:"The servers that clients of the user are connected to; none for who stays without."`
	Channels []string  `json:"channels" doc:"The channels that the user is in."`
}

func (c *Call) userOf(u *state.User) User {
	id, w := u.Identity(), c.Core.Network.World
	p := id.Person
	x := User{
		Nick: id.Nick, UID: u.UID(), Ident: id.Ident, Host: id.Host, RealHost: p.RealHost, IP: p.IP, Realname: id.Realname,
		Account: id.Account, Modes: id.Modes.String(), Away: id.Away, Secure: p.Secure, CertFP: p.CertFP, Country: p.Country,
		ASN: p.ASN, Since: p.Signon.UTC(), Idle: int(c.Core.Network.Idle(u).Seconds()), Servers: w.ServersOf(u), Channels: []string{},
	}
	if id.Oper != nil {
		x.Oper = id.Oper.Name
	}
	if x.Servers == nil {
		x.Servers = []string{}
	}
	for _, m := range u.Memberships() {
		x.Channels = append(x.Channels, m.Channel.Name())
	}
	return x
}

// A UserQuery says which users.
type UserQuery struct {
	Match   string `query:"match" doc:"A mask with * and ?, for the nick."`
	Account string `query:"account" doc:"Those who are logged in to this account."`
	Channel string `query:"channel" doc:"Those who are in this channel."`
	IP      string `query:"ip" doc:"Those who connect from this address."`
	Limit   int    `query:"limit" range:"1..1000" default:"100" doc:"How many at most."`
	After   string `query:"after" doc:"Go on behind this one: next of the answer before."`
}

func users(c *Call, q UserQuery, _ none) (List[User], error) {
	w := c.Core.Network.World
	keep := func(u *state.User) bool {
		id := u.Identity()
		switch {
		case q.Account != "" && !w.Mapping.Equal(id.Account, q.Account),
			q.IP != "" && id.Person.IP != q.IP:
			return false
		case q.Channel != "":
			_, in := u.InChannel(w.Mapping.Fold(q.Channel))
			return in
		}
		return true
	}
	return paged(c, Paging{q.Match, q.Limit, q.After}, w.Users(), (*state.User).Nick, keep, c.userOf), nil
}

// A Nick names a user.
type Nick struct {
	Nick string `path:"nick" doc:"The nick of a user who is online."`
}

// find returns the user of a nick.
func (q Nick) find(c *Call) (*state.User, error) {
	u := c.Core.Network.World.User(q.Nick)
	if u == nil || c.Core.Service(q.Nick) != nil {
		return nil, NotFound.Because("Nobody has the nick %s.", q.Nick)
	}
	return u, nil
}

func user(c *Call, q Nick, _ none) (User, error) {
	u, err := q.find(c)
	if err != nil {
		return User{}, err
	}
	return c.userOf(u), nil
}

// A Reason says why.
type Reason struct {
	Reason string `json:"reason,omitempty" doc:"Why; others read it."`
}

// text returns the reason, cut to what a line holds, or another one if it is empty.
func (b Reason) text(c *Call, otherwise lang.Text) string {
	if s := casemap.Truncate(b.Reason, c.Core.Config().Limits.KickLength); s != "" {
		return s
	}
	return c.Core.Network.Words(otherwise)
}

func killUser(c *Call, q Nick, b Reason) (none, error) {
	u, err := q.find(c)
	if err != nil {
		return none{}, err
	}
	reason := b.text(c, "No reason given")
	c.Audit(audit.Kill, u.Nick(), reason)
	c.Core.Network.Kill(network.Actor{}, u, lang.Verbatim, reason)
	return none{}, nil
}

// A NewNick is what somebody is to be called.
type NewNick struct {
	Nick string `json:"nick" doc:"The nick that the user gets."`
}

func renameUser(c *Call, q Nick, b NewNick) (User, error) {
	u, err := q.find(c)
	if err != nil {
		return User{}, err
	}
	n := c.Core.Network
	switch {
	case !n.World.Mapping.ValidNick(b.Nick, c.Core.Config().Limits.NickLength):
		return User{}, Invalid.Because("%s cannot be a nick.", b.Nick).In("nick")
	case c.Core.IsService(b.Nick):
		return User{}, Conflict.Because("This nick belongs to a service.").In("nick")
	}
	old := u.Nick()
	if err := n.ChangeNick(network.Actor{User: u}, b.Nick, true); err != nil {
		return User{}, err
	}
	c.Audit(audit.Nick, old, b.Nick)
	c.Core.Protect(u)
	return c.userOf(u), nil
}

// A ChannelName names a channel.
type ChannelName struct {
	Channel string `json:"channel" doc:"The name of a channel."`
}

func joinUser(c *Call, q Nick, b ChannelName) (User, error) {
	u, err := q.find(c)
	if err != nil {
		return User{}, err
	}
	n := c.Core.Network
	if !n.World.Mapping.ValidChannel(b.Channel, c.Core.Config().Limits.ChannelLength) {
		return User{}, Invalid.Because("%s cannot be a channel.", b.Channel).In("channel")
	}
	_, joined, err := n.Join(network.Actor{User: u}, b.Channel, "", true)
	if err != nil {
		return User{}, err
	}
	if joined {
		c.Audit(audit.Join, u.Nick(), b.Channel)
	}
	return c.userOf(u), nil
}

// A Leaving says from which channel, and why.
type Leaving struct {
	Channel string `json:"channel" doc:"The name of a channel."`
	Reason  string `json:"reason,omitempty" doc:"Why; others read it."`
}

func partUser(c *Call, q Nick, b Leaving) (User, error) {
	u, err := q.find(c)
	if err != nil {
		return User{}, err
	}
	ch := c.Core.Network.World.Channel(b.Channel)
	if ch == nil {
		return User{}, NotFound.Because("There is no channel %s.", b.Channel).In("channel")
	}
	if err := c.Core.Network.Part(network.Actor{User: u}, ch, b.Reason); err != nil {
		return User{}, Conflict.Because("%s is not in %s.", u.Nick(), ch.Name())
	}
	c.Audit(audit.Part, u.Nick(), ch.Name())
	return c.userOf(u), nil
}

// A Text is what is to be told.
type Text struct {
	Text string `json:"text" doc:"What is to be told: one line."`
}

func tellUser(c *Call, q Nick, b Text) (none, error) {
	u, err := q.find(c)
	if err != nil {
		return none{}, err
	}
	c.Audit(audit.Told, u.Nick(), "")
	c.Core.Network.Notify(network.Actor{}, u, lang.Verbatim, casemap.Truncate(b.Text, maxText))
	return none{}, nil
}

// maxText is how much of a text fits on a line, in bytes.
const maxText = 380

// A Former is somebody who had a nick.
type Former struct {
	Nick     string    `json:"nick" doc:"The nick."`
	Ident    string    `json:"ident" doc:"The username."`
	Host     string    `json:"host" doc:"The host that others saw."`
	RealHost string    `json:"real_host,omitempty" doc:"The host name or address that the user connected from."`
	IP       string    `json:"ip,omitempty" doc:"The address that the user connected from."`
	Realname string    `json:"realname" doc:"The real name."`
	Account  string    `json:"account,omitempty" doc:"The account that the user was logged in to."`
	Left     time.Time `json:"left" doc:"Until when."`
}

func whowas(c *Call, q Nick, _ none) (List[Former], error) {
	l := List[Former]{Items: []Former{}}
	for _, d := range c.Core.Network.World.Whowas(q.Nick, 0) {
		p := d.Person
		l.Items = append(l.Items, Former{d.Nick, d.Ident, d.Host, p.RealHost, p.IP, d.Realname, d.Account, d.When.UTC()})
	}
	l.Total = len(l.Items)
	return l, nil
}
