package httpapi

import (
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
)

// A Channel is a channel.
type Channel struct {
	Name         string        `json:"name" doc:"The name."`
	Members      []Member      `json:"members" doc:"Who is in it."`
	Modes        string        `json:"modes" doc:"The modes with their parameters, without the key."`
	Topic        string        `json:"topic,omitempty" doc:"The topic."`
	TopicBy      string        `json:"topic_by,omitempty" doc:"Who has set it."`
	TopicAt      time.Time     `json:"topic_at,omitzero" doc:"When."`
	Created      time.Time     `json:"created" doc:"When somebody was first in it."`
	Registration *Registration `json:"registration,omitempty" doc:"Whose it is; missing if it is nobody's."`
}

// A Member is somebody in a channel.
type Member struct {
	Nick   string `json:"nick" doc:"The nick."`
	Prefix string `json:"prefix,omitempty" doc:"What precedes the nick, such as @."`
}

// A ChannelLine is a channel in a list.
type ChannelLine struct {
	Name       string `json:"name" doc:"The name."`
	Members    int    `json:"members" doc:"How many are in it."`
	Topic      string `json:"topic,omitempty" doc:"The topic."`
	Secret     bool   `json:"secret" doc:"Whether others do not see it in lists."`
	Registered bool   `json:"registered" doc:"Whether it is somebody's."`
}

func channels(c *Call, q Paging, _ none) (List[ChannelLine], error) {
	show := func(ch *state.Channel) (l ChannelLine) {
		ch.View(func(v state.View) {
			l = ChannelLine{v.Name(), len(v.Members()), v.Topic().Text, ch.Has(modes.Secret), ch.Has(modes.Registered)}
		})
		return l
	}
	return paged(c, q, c.Core.Network.World.Channels(), (*state.Channel).Name, everything, show), nil
}

// A ChannelPath names a channel.
type ChannelPath struct {
	Name string `path:"name" doc:"The name of a channel; # is written %23."`
}

func (q ChannelPath) find(c *Call) (*state.Channel, error) {
	if ch := c.Core.Network.World.Channel(q.Name); ch != nil {
		return ch, nil
	}
	return nil, NotFound.Because("Nobody is in a channel %s.", q.Name)
}

func channel(c *Call, q ChannelPath, _ none) (Channel, error) {
	ch := c.Core.Network.World.Channel(q.Name)
	r := c.registration(q.Name)
	switch {
	case ch == nil && r == nil:
		return Channel{}, NotFound.Because("There is no channel %s.", q.Name)
	case ch == nil:
		return Channel{Name: r.Channel, Members: []Member{}, Modes: "+", Registration: r}, nil
	}
	x := c.channelOf(ch)
	x.Registration = r
	return x, nil
}

func (c *Call) channelOf(ch *state.Channel) (x Channel) {
	ch.View(func(v state.View) {
		t := v.Topic()
		x = Channel{
			Name: v.Name(), Members: []Member{}, Modes: strings.Join(v.Modes(false), " "),
			Topic: t.Text, TopicBy: t.Setter, TopicAt: t.Set.UTC(), Created: v.Created().UTC(),
		}
		if t.Text == "" {
			x.TopicBy, x.TopicAt = "", time.Time{}
		}
		for _, m := range v.Members() {
			x.Members = append(x.Members, Member{m.Nick(), m.Prefixes()})
		}
	})
	return x
}

// A Topic is what a channel is about.
type Topic struct {
	Topic string `json:"topic,omitempty" doc:"The topic; empty removes it."`
}

func setTopic(c *Call, q ChannelPath, b Topic) (Channel, error) {
	ch, err := q.find(c)
	if err != nil {
		return Channel{}, err
	}
	text := casemap.Truncate(b.Topic, c.Core.Config().Limits.TopicLength)
	if err := c.Core.Network.SetTopic(network.Actor{}, ch, text, true); err != nil {
		return Channel{}, err
	}
	c.Audit(audit.Topic, ch.Name(), "")
	return c.channelOf(ch), nil
}

// A Modes is a change of modes.
type Modes struct {
	Modes string `json:"modes" doc:"The change as MODE has it, such as +b-l *!*@192.0.2.1."`
}

func setModes(c *Call, q ChannelPath, b Modes) (Channel, error) {
	ch, err := q.find(c)
	if err != nil {
		return Channel{}, err
	}
	words := strings.Fields(b.Modes)
	changes, wrong := c.Core.Network.World.Modes.Parse(words, len(b.Modes))
	if len(wrong) > 0 || len(changes) == 0 {
		return Channel{}, Invalid.Because("%q is not a change of the modes of a channel.", b.Modes).In("modes")
	}
	for _, x := range changes {
		if x.Query || x.Fixed {
			return Channel{}, Invalid.Because("The mode %c cannot be changed like this.", x.Letter).In("modes")
		}
	}
	c.Audit(audit.Mode, ch.Name(), words[0])
	for _, err := range c.Core.Network.ChangeModes(network.Actor{}, ch, changes, true) {
		return Channel{}, err
	}
	return c.channelOf(ch), nil
}

// A Kick says whom, and why.
type Kick struct {
	Nick   string `json:"nick" doc:"The nick of a member."`
	Reason string `json:"reason,omitempty" doc:"Why; others read it."`
}

func kickUser(c *Call, q ChannelPath, b Kick) (none, error) {
	ch, err := q.find(c)
	if err != nil {
		return none{}, err
	}
	u, err := Nick{b.Nick}.find(c)
	if err != nil {
		return none{}, err
	}
	reason := Reason{b.Reason}.text(c, "Removed by an operator of the network")
	if err := c.Core.Network.Kick(network.Actor{}, u, ch, reason, false); err != nil {
		return none{}, err
	}
	c.Audit(audit.Kick, u.Nick(), ch.Name()+", "+reason)
	return none{}, nil
}

func tellChannel(c *Call, q ChannelPath, b Text) (none, error) {
	ch, err := q.find(c)
	if err != nil {
		return none{}, err
	}
	c.Audit(audit.Told, ch.Name(), "")
	var all []*state.Member
	ch.View(func(v state.View) { all = v.Members() })
	for _, m := range all {
		c.Core.Network.Notify(network.Actor{}, m.User, lang.Text("To %s: %s"), ch.Name(), casemap.Truncate(b.Text, maxText))
	}
	return none{}, nil
}
