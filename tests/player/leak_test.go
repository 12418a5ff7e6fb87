package player

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
)

func TestLeak(t *testing.T) {
	all := func(string) bool { return true }
	for _, test := range []struct {
		has  caps.Set
		line string
		want string // a part of what leaks, "" if nothing does
	}{
		{0, ":a!b@c PRIVMSG #x :hi", ""},
		{0, "@time=x :a!b@c PRIVMSG #x :hi", "the tag time"},
		{caps.Of(caps.ServerTime), "@time=x :a!b@c PRIVMSG #x :hi", ""},
		{caps.Of(caps.ServerTime), "@time=x;msgid=y :a!b@c PRIVMSG #x :hi", "the tag msgid"},
		{caps.Of(caps.MessageTags), "@account=y :a!b@c PRIVMSG #x :hi", "the tag account"},
		{0, ":a!b@c AWAY", "the command AWAY"},
		{caps.Of(caps.MessageTags, caps.Batch), "BATCH +1 draft/multiline #x", "draft/multiline"},
		{caps.Of(caps.Batch), "BATCH +1 metadata x", "metadata"},
		{0, ":s 761 a b c * :d", "761"},
		{0, ":a!b@c JOIN #x * :a", "an extended JOIN"},
		{0, ":a!b@c INVITE bob #x", "an INVITE"},
		{0, ":s 353 a = #x :@+a b", "the name @+a"},
		{0, ":s 353 a = #x :@a!b@c b", "the name @a!b@c"},
	} {
		r := Reader{Caps: test.has, Nick: "alice", Asked: func(string) bool { return false }}
		if got := r.Leak(test.line); test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%q: %q, want %q", test.line, got, test.want)
		}
		r.Asked = all
		if got := r.Leak(test.line); strings.HasPrefix(got, "the command") {
			t.Errorf("%q has been asked for: %s", test.line, got)
		}
	}
}

// doings are everything that can happen, in an order in which it can. $m is the msgid of
// what bob has said last, $code what confirms a command.
var doings = strings.Split(strings.TrimSpace(`
ann > NS REGISTER secret-tea
too
ann > JOIN #tea
bob > JOIN #tea
eve > JOIN #tea
wes > JOIN #tea
ann > MODE #tea +o bob
ann > MODE #tea +mb x!*@*
ann > MODE #tea -m+D
bob > JOIN #milk
eve > JOIN #milk
ann > INVITE bob #tea
ann > INVITE wes #tea
bob > MODE #milk +iD
wes > KNOCK #milk
bob > INVITE wes #milk
bob > UNINVITE wes #milk
bob > MODE #milk -i
wes > JOIN #milk
wes > PRIVMSG #milk :hidden until now
ann > CS REGISTER #tea
ann > TOPIC #tea :green
bob > NOTICE #tea :noticed
bob > @+draft/react=x;+draft/reply=y TAGMSG #tea
bob > @label=t;+typing=active TAGMSG wes
bob > @label=a;+draft/reply=x BATCH +1 draft/multiline #tea
bob > @batch=1 PRIVMSG #tea :one
bob > @batch=1 PRIVMSG #tea :
bob > @batch=1;draft/multiline-concat PRIVMSG #tea :two
bob > BATCH -1
bob > PRIVMSG #tea :worng
bob > @draft/target-msgid=$m;draft/edit-text=wrong EDIT #tea
too > CHATHISTORY LATEST #tea * 100
eve > CHATHISTORY LATEST #tea * 100
wes > CHATHISTORY LATEST #tea * 100
bob > REDACT #tea $m :oops
eve > CHATHISTORY LATEST #tea * 100
wes > SEARCH text=w
wes > HISTORY #tea
bob > PRIVMSG eve :between us
bob > REDACT eve $m
bob > PRIVMSG ann :for all your clients
ann > PRIVMSG wes :from one of them
ann > MARKREAD #tea timestamp=2100-01-01T00:00:00.000Z
ann > METADATA * SET display-name :Ann
ann > METADATA #tea SET url :https://tea.example
ann > METADATA * SET display-name
eve > METADATA * SUB display-name url
wes > MONITOR + ann,bob,zoe
ann > METADATA * SET display-name :Anna
ann > AWAY :gone
ann > AWAY
too > AWAY :gone
ann > SETNAME :Ann of tea
ann > MODE ann +B
ann > SILENCE +x!*@*
ann > PRIVMSG #tea :I am a bot
wes > MODE wes +g
bob > PRIVMSG wes :may I?
bob > NICK rob
bob > NICK bob
bob > KICK #tea eve :out
eve > JOIN #tea
bob > REMOVE #tea eve :out
eve > JOIN #tea
bob > RENAME #milk #cream :richer
bob > RELAYMSG #milk jim/matrix :from afar
bob > RELAYMSG #cream jim/matrix :from afar
ann > OPER admin secret
ann > PRIVMSG #tea :with power
ann > WALLOPS :to all
ann > GLOBOPS :to some
ann > GLOBAL :to everybody
ann > CHGHOST bob tea.example
ann > SAJOIN wes #tea
ann > SATOPIC #tea :black
ann > SAMODE #tea +v eve
ann > PERSISTENCE SET ON
bob > CYCLE #tea
ann > HISTSERV FORGET ann
ann > HISTSERV FORGET ann $code
ann > NS LOGOUT
ann > NS IDENTIFY ann secret-tea
bob > PART #cream :bye
eve > QUIT :bye
ann > KILL wes :enough
`), "\n")

// between are the events that servers have among themselves.
var between = map[string]string{
	"Leaving": "a server stops", "Heard": "what has arrived", "Points": "what is in the history",
	"Informed": "what operators want to know of servers", "Revealed": "no server says it",
	"LinkAsked": "an operator asks a server to link another", "Ended": "others have made a channel anew",
	"Moved": "the history of a channel has another name", "Found": "a server has got back what it had lost",
}

// TestNothingLeaks lets everything happen that can, on two linked servers, before clients
// of any capabilities. None of them reads a tag, a batch or a command that it has not
// asked for. In the end it has seen all events that there are.
// https://ircv3.net/specs/extensions/capability-negotiation
func TestNothingLeaks(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]bool{}
	published := func(data []byte) {
		if e, err := event.Decode(data); err == nil && e.Body != nil {
			mu.Lock()
			defer mu.Unlock()
			seen[reflect.TypeOf(e.Body).Name()] = true
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		set := func(name string) caps.Set { return caps.Set(rapid.Uint64().Draw(rt, name)) }
		sets := map[string]caps.Set{"ann": ^caps.Set(0), "bob": ^caps.Set(0), "too": set("too"), "eve": set("eve"), "wes": set("wes")}
		if err := happen(t, sets, published); err != nil {
			rt.Fatal(err)
		}
	})
	for _, body := range event.Bodies() {
		if name := reflect.TypeOf(body).Name(); !seen[name] && between[name] == "" {
			t.Errorf("%s did not happen; add to doings how it does", name)
		}
	}
}

// happen plays doings before clients that ask for these capabilities, as far as they are
// offered.
func happen(t *testing.T, sets map[string]caps.Set, published func([]byte)) (err error) {
	synctest.Test(t, func(t *testing.T) {
		b, e := newBubble(&Script{sections: map[string]string{"config.toml": "[channels]\ndefault-modes = \"+n\"\n[users]\ndefault-modes = \"+w\""}}, true)
		if e != nil {
			t.Fatal(e)
		}
		defer b.close()
		b.published = published
		p := &player{stage: b, bound: binding{}}
		defer p.close()
		for i, name := range []string{"ann", "bob", "eve", "wes"} {
			if err = join(p, name, name, []string{"east", "west"}[i%2], sets[name]); err != nil {
				return
			}
		}
		for _, line := range doings {
			if err = do(p, line, sets); err != nil {
				err = fmt.Errorf("after %s: %w", line, err)
				return
			}
		}
	})
	return err
}

// join connects a client.
func join(p *player, name, nick, place string, has caps.Set, more ...string) error {
	c, err := p.dial(name, options{at: place}, true)
	if err != nil {
		return err
	}
	lines := []string{"CAP LS 302"}
	for x := range has.Each() {
		lines = append(lines, "CAP REQ :"+x.String()) // one by one: not all go together, nor are all offered
	}
	lines = append(append(lines, more...), "NICK "+nick, "USER "+nick+" 0 * :"+nick, "CAP END")
	c.send(strings.Join(lines, "\r\n"))
	return p.settle()
}

func do(p *player, line string, sets map[string]caps.Set) error {
	if line == "too" {
		return join(p, "too", "ann", "west", sets["too"]&^caps.Of(caps.SASL), "CAP REQ sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE AGFubgBzZWNyZXQtdGVh")
	}
	name, text, _ := strings.Cut(line, " > ")
	c, err := p.client(name)
	if err != nil {
		return err
	}
	c.send(p.bound.fill(text))
	if err := p.settle(); err != nil {
		return err
	}
	for _, c := range p.clients {
		for _, m := range c.take() {
			if words := strings.Fields(m.raw); strings.Contains(m.raw, "To confirm it: FORGET") {
				p.bound["$code"] = words[len(words)-1]
			}
			if c.name == "bob" && m.command == "PRIVMSG" && strings.HasPrefix(m.source, "bob!") {
				p.bound["$m"] = m.tags["msgid"]
			}
		}
	}
	return nil
}
