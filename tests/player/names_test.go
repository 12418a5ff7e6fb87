package player

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/state"
)

// What somebody may want to be called: names of which several look alike.
var (
	wanted = []string{"pool", "POOL", "p00l", "poo1", "bob", "b0b", "Guest12345"}
	places = []string{"#pool", "#p00l", "#POOL", "#tea"}
)

// TestNames: there is no way to a name that belongs to somebody else, nor to one that
// looks like it. Clients of two servers do all at once whatever could give them one, while
// the servers are cut off from each other now and then. No two accounts or registered
// channels may look alike at any time; and in the end nobody has a nick of another's
// account, nor a rank in a channel of another's, but who was its operator before it
// was registered: registering takes no rank from anybody.
func TestNames(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		linked := rapid.Bool().Draw(rt, "linked")
		program := rapid.SliceOfN(attempt(), 20, 80).Draw(rt, "program")
		var err error
		synctest.Test(t, func(*testing.T) { err = fight(program, linked) })
		if err != nil {
			rt.Fatalf("linked: %v, %v\n%s", linked, err, strings.Join(program, "\n"))
		}
	})
}

// attempt returns a line of a client, or one of the player. After "and" it does not wait
// for what came before.
func attempt() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "word") }
		name, channel := pick(wanted...), pick(places...)
		switch pick("say", "say", "say", "say", "say", "say", "say", "server") {
		case "server":
			return pick("wait 3s", "wait 90s", "split east west", "heal east west", "heal east west", "delay", "deliver")
		}
		return pick("", "and ", "and ") + pick("a", "b", "c", "d") + " " + pick(
			"NICK "+name, "NICK "+name, "NICK "+name,
			"REGISTER "+name+" * secret-tea", "REGISTER "+name+" * secret-tea", "NS REGISTER secret-tea",
			"NS IDENTIFY "+name+" secret-tea", "NS IDENTIFY "+name+" secret-tea", "NS LOGOUT", "NS GROUP", "NS UNGROUP "+name,
			"NS RECOVER "+name, "NS RECOVER "+name+" secret-tea", "NS RELEASE "+name, "NS RELEASE "+name+" secret-tea",
			"NS SET ENFORCE "+pick("none", "timeout", "strict"),
			"JOIN "+channel, "JOIN "+channel, "PART "+channel, "CS REGISTER "+channel, "CS REGISTER "+channel,
			"RENAME "+channel+" "+pick(places...), "RELAYMSG "+channel+" "+name+" :it is me",
		)
	})
}

const fightConfig = `
[accounts.registration]
per-hour = 0
[flood]
enabled = false
[channels]
rename-interval = "0s"
`

func fight(program []string, linked bool) error {
	b, err := newBubble(&Script{sections: map[string]string{"config.toml": fightConfig}}, linked)
	if err != nil {
		return err
	}
	defer b.close()
	p := &player{stage: b, bound: binding{}}
	defer p.close()
	for i, name := range []string{"a", "b", "c", "d"} {
		if err := p.line("connect " + name + " at " + []string{"east", "west"}[i%2]); err != nil {
			return err
		}
	}
	owners := follow(b)
	for _, line := range append(slices.Clone(program), "deliver", "heal east west", "wait 5m") {
		if err := try(b, p, line); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		b.wait(time.Millisecond) // who was first shows in times
		if err := distinct(b); err != nil {
			return fmt.Errorf("after %q: %w", line, err)
		}
	}
	return rightful(b, owners)
}

// follow notes which accounts each user was logged in to, by UID: an owner who logs out
// in a channel keeps the rank there.
func follow(b *bubble) map[string][]string {
	var mu sync.Mutex
	owners := map[string][]string{}
	for _, n := range b.servers {
		h := &n.server.Network.Hooks
		logged := h.Logged
		h.Logged = func(by network.Actor, before string) {
			mu.Lock()
			owners[by.UID()] = append(owners[by.UID()], before, by.Account())
			mu.Unlock()
			logged(by, before)
		}
	}
	return owners
}

// try runs a line. Unless it begins with "and", all that follows from it has happened
// when it returns.
func try(b *bubble, p *player, line string) (err error) {
	line, also := strings.CutPrefix(line, "and ")
	word, rest, _ := strings.Cut(line, " ")
	switch c, unknown := p.client(word); {
	case unknown == nil:
		c.send(rest)
	case word == "wait":
		d, _ := time.ParseDuration(rest)
		b.wait(d)
	case b.linked:
		err = b.do(word, strings.Fields(rest))
	}
	if err != nil || also {
		return err
	}
	err = p.settle()
	for _, c := range p.clients {
		c.take()
	}
	return err
}

// distinct reports names of accounts or registered channels that look alike.
func distinct(b *bubble) error {
	m := casemap.ASCII
	for server, n := range b.servers {
		owner := map[casemap.Folded]string{}
		var twice []string
		own := func(name, of string) {
			if old, ok := owner[m.Skeleton(name)]; ok {
				twice = append(twice, fmt.Sprintf("%s is of %s and of %s", name, old, of))
			}
			owner[m.Skeleton(name)] = of
		}
		n.users.List(func(a *accounts.Account) bool {
			own(a.Name, a.Name)
			for _, nick := range a.Nicks {
				own(nick, a.Name)
			}
			return true
		})
		for _, r := range n.kept.All() {
			if r.Registered() {
				own(r.Name, r.Name+" of "+r.Founder)
			}
		}
		if twice != nil {
			return fmt.Errorf("on %s: %s", server, strings.Join(twice, "; "))
		}
	}
	return nil
}

// rightful reports users who have what belongs to others.
func rightful(b *bubble, owners map[string][]string) error {
	for server, n := range b.servers {
		w, looks := n.server.Network.World, map[casemap.Folded]string{}
		for _, u := range w.Users() {
			look := w.Mapping.Skeleton(u.Nick())
			if other, ok := looks[look]; ok && !b.linked { // nobody owns them, and servers may have been apart
				return fmt.Errorf("on %s, %s looks like %s", server, u.Nick(), other)
			}
			looks[look] = u.Nick()
			if claim, ok := n.users.Claim(u.Nick()); ok && claim.Account != nil && claim.Account.Name != u.Account() {
				return fmt.Errorf("on %s, %s has a nick of %s, and is logged in to %q", server, u.Nick(), claim.Account.Name, u.Account())
			}
		}
		for _, ch := range w.Channels() {
			r := n.kept.Lookup(ch.Name())
			if r == nil || !r.Registered() {
				continue
			}
			for _, m := range members(ch) {
				if m.AtLeast(modes.HalfOp) && m.Joined().After(r.Created) && !slices.Contains(append(owners[m.UID()], m.Account()), r.Founder) {
					return fmt.Errorf("on %s, %s (%q) has a rank in %s of %s", server, m.Nick(), m.Account(), r.Name, r.Founder)
				}
			}
		}
	}
	return nil
}

func members(ch *state.Channel) (all []*state.Member) {
	ch.View(func(v state.View) { all = v.Members() })
	return all
}
