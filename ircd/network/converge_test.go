package network

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/link/local"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
)

// A crowd is servers whose events are on their way to the others until they are
// delivered: in order from one server to another, in any order between them.
type crowd struct {
	now   time.Time
	nodes []*crowdNode
}

type crowdNode struct {
	*Network
	crowd *crowd
	inbox [][][]byte // by origin
	users []*state.User
}

func newCrowd(servers int) *crowd {
	return newCrowdOf(servers, func(int, *link.Server) {})
}

// newCrowdOf makes a crowd of servers of which some are other than usual.
func newCrowdOf(servers int, change func(i int, self *link.Server)) *crowd {
	c := &crowd{now: time.Unix(1_700_000_000, 0)}
	cfg := config.Default()
	cfg.Channels.RenameInterval, cfg.Channels.RenameForward = 0, config.Duration(time.Minute)
	cfg.Metadata.Burst = 1000
	cfg.Channels.DefaultModes = "+t"
	for i := range servers {
		w := state.New(casemap.ASCII, modes.Channel(), 0)
		clock := event.NewClock(fmt.Sprintf("userver%d", i), func() time.Time { return c.now })
		mine := *cfg
		mine.Server.Name = fmt.Sprintf("server%d.example", i)
		n := New(&mine, w, clock, slog.New(slog.NewTextHandler(io.Discard, nil)))
		node := &crowdNode{Network: n, crowd: c, inbox: make([][][]byte, servers)}
		self := Describe(&mine, clock.Server(), "test", c.now)
		change(i, &self)
		n.Associate(self)
		n.LinkTo(func(link.Handler) link.Link { return crowdLink{local.Link{}, node} })
		c.nodes = append(c.nodes, node)
	}
	for _, n := range c.nodes {
		for _, other := range c.nodes {
			if other != n {
				p, _, epoch := n.peers.begin(other.Self())
				n.agree()
				n.introduce(p)
				n.rejoin(p)
				_ = n.drain(p, epoch)
			}
		}
	}
	return c
}

// A crowdLink is the link of a node.
type crowdLink struct {
	local.Link
	node *crowdNode
}

// Publish implements link.Link.
func (l crowdLink) Publish(b []byte) {
	from := slices.Index(l.node.crowd.nodes, l.node)
	for _, other := range l.node.crowd.nodes {
		if other != l.node {
			other.inbox[from] = append(other.inbox[from], b)
		}
	}
}

// deliver applies the next event of one server at another.
func (c *crowd) deliver(to, from int) bool {
	n := c.nodes[to]
	if len(n.inbox[from]) == 0 {
		return false
	}
	b := n.inbox[from][0]
	n.inbox[from] = n.inbox[from][1:]
	if err := n.Receive(c.nodes[from].Clock.Server(), b); err != nil {
		panic(err)
	}
	return true
}

func (c *crowd) deliverAll() {
	for again := true; again; {
		again = false
		for to := range c.nodes {
			for from := range c.nodes {
				again = c.deliver(to, from) || again
			}
		}
	}
}

// view is all that a server knows of channels and metadata.
func (n *crowdNode) view() string {
	var lines []string
	for _, ch := range n.World.Channels() {
		ch.View(func(v state.View) {
			var members []string
			for _, m := range v.Members() {
				members = append(members, m.Nick()+"+"+m.Status().String())
			}
			slices.Sort(members)
			lines = append(lines, fmt.Sprintf("%s %v %v %q %v", ch.Key(), members, v.Modes(true), v.Topic().Text, v.Metadata()))
		})
	}
	for _, u := range n.World.Users() {
		lines = append(lines, fmt.Sprintf("%s %v", u.Nick(), u.Metadata()))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

type discard struct{}

func (discard) Write(b []byte) (int, error)      { return len(b), nil }
func (discard) Close() error                     { return nil }
func (discard) SetWriteDeadline(time.Time) error { return nil }

func (n *crowdNode) connect(nick string) {
	s := session.New(discard{}, session.Options{})
	u, err := n.Connect(s, Newcomer{Nick: nick, Ident: nick, Realname: nick, Host: "host"})
	if err != nil {
		panic(err)
	}
	n.users = append(n.users, u)
}

// TestRenamesConverge: whatever servers do at the same time with channels that are
// renamed, they agree when they have heard of everything.
func TestRenamesConverge(t *testing.T) {
	name := rapid.SampledFrom([]string{"#a", "#b", "#c"})
	rapid.Check(t, func(t *rapid.T) {
		c := newCrowd(rapid.IntRange(2, 3).Draw(t, "servers"))
		for i, n := range c.nodes {
			for j := range 2 {
				n.connect(fmt.Sprintf("u%d%d", i, j))
			}
		}
		c.deliverAll()
		index := rapid.IntRange(0, len(c.nodes)-1)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			c.now = c.now.Add(time.Second)
			if rapid.Bool().Draw(t, "deliver") {
				c.deliver(index.Draw(t, "to"), index.Draw(t, "from"))
				continue
			}
			n := c.nodes[index.Draw(t, "server")]
			u := n.users[rapid.IntRange(0, 1).Draw(t, "user")]
			what := rapid.SampledFrom([]string{"join", "part", "rename", "rename", "kick", "topic", "voice", "mode", "note"}).Draw(t, "what")
			n.act(Actor{User: u, Session: u.Sessions()[0]}, what, name.Draw(t, "channel"), name.Draw(t, "other"))
		}
		c.deliverAll()
		for i, n := range c.nodes {
			if got, want := n.view(), c.nodes[0].view(); got != want {
				t.Fatalf("server %d knows\n%s\nserver 0 knows\n%s", i, got, want)
			}
		}
	})
}

// act lets a user try something. That it is refused is as good.
func (n *crowdNode) act(by Actor, what, name, other string) {
	if what == "join" {
		_, _, _ = n.Join(by, name, "", false)
		return
	}
	ch := n.World.Channel(name)
	if ch == nil {
		return
	}
	mode := func(letter byte, param string) modes.Change {
		return modes.Change{Mode: n.World.Modes.ByLetter(letter), Add: other != "#c", Param: param}
	}
	switch what {
	case "part":
		_ = n.Part(by, ch, "")
	case "rename":
		_ = n.Rename(by, ch, other, "")
	case "kick":
		_ = n.Kick(by, n.World.User("u10"), ch, "", false)
	case "topic":
		_ = n.SetTopic(by, ch, other, false)
	case "voice":
		n.ChangeModes(by, ch, []modes.Change{mode('v', "u00")}, false)
	case "mode":
		n.ChangeModes(by, ch, []modes.Change{mode('m', "")}, false)
	case "note":
		_ = n.SetChannelNote(by, ch, state.Note{Key: "k", Value: other}, other == "#c")
	}
}
