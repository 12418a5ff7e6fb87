package player

import (
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/network"
	"pgregory.net/rapid"
)

// fewHistories is how many TestConvergence tries, unless -rapid.checks says it: "make
// converge" tries a thousand.
const fewHistories = "25"

// TestConvergence lets clients of three or five servers do anything while what the
// servers tell each other is held up now and then, while some cannot reach others, and
// while some are killed, also many at once, before they have written what they have
// published. In the end all servers must be equal, and every client must
// know what is so from what it was told.
func TestConvergence(t *testing.T) {
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "rapid.checks" })
	if !chosen {
		checks := flag.Lookup("rapid.checks").Value
		defer func(usual string) { _ = checks.Set(usual) }(checks.String())
		_ = checks.Set(fewHistories)
	}
	rapid.Check(t, func(rt *rapid.T) {
		servers := rapid.SampledFrom([]int{3, 3, 5}).Draw(rt, "servers")
		program := rapid.SliceOfN(step(everywhere[:servers]), 60, 200).Draw(rt, "program")
		if err := converge(t, everywhere[:servers], program, nil); err != nil {
			text := strings.Join(slices.DeleteFunc(program, func(line string) bool { return line == "pass" }), "\n")
			rt.Fatalf("%v\nAs a file of testdata/histories:\nservers %d\n%s", err, servers, text)
		}
	})
}

// TestHistories plays histories of which servers once made something different. Their
// comments say what. With -v it shows what every client reads.
func TestHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are none", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var program []string
			servers := 3
			for line := range strings.Lines(string(text)) {
				line = strings.TrimSpace(line)
				if _, err := fmt.Sscanf(line, "servers %d", &servers); err == nil || line == "" || line[0] == '#' {
					continue
				}
				program = append(program, line)
			}
			var trace func(string)
			if testing.Verbose() {
				trace = func(line string) { t.Log(line) }
			}
			if err := converge(t, everywhere[:servers], program, trace); err != nil {
				t.Error(err)
			}
		})
	}
}

var (
	everywhere = []string{"east", "west", "north", "south", "centre"}

	names    = []string{"a", "b", "c", "d", "e", "f"} // the clients, and the nicks they may have
	channels = []string{"#x", "#y", "#z"}
)

// step returns one line of a program.
func step(places []string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "word") }
		name, nick, channel := pick(names...), pick(names...), pick(channels...)
		sign := pick("+", "-")
		from, to := pick(places...), pick(places...)
		fallen := []string{from} // those that are killed at the same time
		if sign == "+" {
			fallen = places[:rapid.IntRange(1, len(places)).Draw(t, "fallen")]
		}
		crash := "crash " + strings.Join(fallen, " ")
		return pick(
			"pass", // which is what others shrink to
			"delay", "deliver", "wait 1ms", "wait 3s", "wait 90s",
			"split "+from+" "+to, "cut "+from+" "+to, "heal "+from+" "+to, "heal "+from+" "+to,
			"restart "+from, crash, crash, "start "+from, "start "+to, "utter "+name+" "+channel, "utter "+name+" "+channel, "lose "+from+" "+to+" 2", "slow "+from+" "+to+" 100ms", "deafen "+from+" "+to,
			name+" > JOIN "+channel, name+" > JOIN "+channel, name+" > JOIN "+channel,
			name+" > PART "+channel, name+" > RENAME "+channel+" "+pick(channels...)+" :why",
			name+" > KICK "+channel+" "+nick,
			name+" > NICK "+nick, name+" > NICK "+nick+"2",
			name+" > TOPIC "+channel+" :by "+name,
			name+" > AWAY :"+nick,
			name+" > INVITE "+nick+" "+channel,
			name+" > MODE "+channel+" "+sign+pick("o", "v", "h", "o")+" "+nick,
			name+" > MODE "+channel+" "+sign+pick("i", "m", "s", "t", "D"),
			name+" > MODE "+channel+" "+sign+"l "+pick("2", "3", "9"),
			name+" > MODE "+channel+" "+sign+"k "+nick,
			name+" > MODE "+channel+" "+sign+pick("b", "e", "I")+" "+nick,
			name+" > PRIVMSG "+channel+" :hi", name+" > PRIVMSG "+channel+" :hi", name+" > PRIVMSG "+nick+" :hello",
			name+" > REDACT "+channel+" LAST", name+" > @draft/target-msgid=LAST;draft/edit-text=better EDIT "+channel,
			"hangup "+name, "login "+name, "login "+name, "logout "+name, "kill "+name,
			"roam "+name, "roam "+name, "hangup "+name+"-phone", name+"-phone > PRIVMSG "+channel+" :hi",
			"stay "+name, "hangup "+name, "store fails", "store works", name+" > CS REGISTER "+channel,
			name+" > SETNAME :"+nick, name+" > MODE "+nick+" "+sign+"B", name+" > METADATA * SET url :"+nick, name+" > METADATA "+channel+" SET url :"+nick,
		)
	})
}

func converge(t *testing.T, places, program []string, trace func(string)) (err error) {
	synctest.Test(t, func(t *testing.T) {
		b, e := newBubble(&Script{sections: map[string]string{"config.toml": "[channels]\ndefault-modes = \"+n\"\nrename-interval = \"0s\"\nrename-forward = \"1m\""}}, true)
		if e != nil {
			t.Fatal(e)
		}
		defer b.close()
		b.lag = 5 * time.Millisecond
		w := &watchers{
			places: places, said: map[string]string{}, accounts: map[string]bool{}, kept: map[string]bool{},
			player: &player{stage: b, bound: binding{}}, eyes: map[*client]*eye{}, trace: trace,
		}
		if trace == nil {
			w.trace = func(string) {}
		}
		defer w.player.close()
		if err = w.run(b, program); err == nil {
			err = w.check(b)
		}
	})
	return err
}

// watchers are clients that remember what they were told.
type watchers struct {
	places   []string
	accounts map[string]bool   // the clients that have been logged in
	kept     map[string]bool   // the channels that have been registered
	last     string            // the msgid of what was said last in a channel
	renamed  bool              // whether a channel got another name
	said     map[string]string // the channels of what the servers of their authors have kept, by msgid
	player   *player
	eyes     map[*client]*eye
	trace    func(line string) // is told what happens
}

func (w *watchers) run(b *bubble, program []string) error {
	for _, place := range w.places {
		if _, err := b.node(place); err != nil {
			return err
		}
	}
	synctest.Wait()
	program = append(slices.Clone(program), "deliver", "store works")
	for _, place := range w.places {
		program = append(program, "start "+place)
	}
	for i, from := range w.places {
		for _, to := range w.places[i+1:] {
			program = append(program, "heal "+from+" "+to)
		}
	}
	for _, line := range append(program, "wait 10m") {
		f := strings.Fields(line)
		w.trace("= " + line)
		switch {
		case len(f) == 3 && f[1] == f[2]:
			continue // a server with itself
		case slices.Contains([]string{"delay", "deliver", "split", "cut", "heal", "restart", "lose", "slow", "deafen", "store"}, f[0]):
			if err := b.do(f[0], f[1:]); err != nil {
				return err
			}
		case f[0] == "crash" || f[0] == "start":
			if err := b.disturb(f[0], f[1:]); err != nil {
				return err
			}
		case f[0] == "utter":
			if err := w.utter(b, f[1], f[2]); err != nil {
				return err
			}
		case f[0] == "pass":
			continue
		case f[0] == "login" || f[0] == "logout":
			w.login(b, f[1], f[0] == "login")
		case f[0] == "stay":
			if _, err := w.player.client(f[1]); err == nil && w.accounts[f[1]] {
				if err := w.say(f[1], "NS SET ALWAYS-ON true"); err != nil {
					return err
				}
			}
		case f[0] == "roam":
			if err := w.roam(b, f[1]); err != nil {
				return err
			}
		case f[0] == "kill":
			w.kill(b, f[1])
		case f[0] == "wait":
			d, _ := time.ParseDuration(f[1])
			b.wait(d)
		case f[0] == "hangup":
			if c, err := w.player.client(f[1]); err == nil {
				w.player.remove(c)
				c.conn.Close()
			}
		default:
			if err := w.say(f[0], strings.Join(f[2:], " ")); err != nil {
				return err
			}
		}
		if err := w.settle(); err != nil {
			return err
		}
		for name, n := range b.servers {
			if wrong := n.server.Network.World.Verify(); len(wrong) > 0 {
				return fmt.Errorf("after %q, on %s\n%s", line, name, strings.Join(wrong, "\n"))
			}
		}
	}
	return nil
}

func (w *watchers) settle() error {
	if err := w.player.settle(); err != nil {
		return err
	}
	for _, c := range slices.Clone(w.player.clients) {
		for _, m := range c.take() {
			w.trace(c.name + " < " + m.raw)
			w.eyes[c].see(m)
			if err := w.note(w.eyes[c], m); err != nil {
				return fmt.Errorf("%s %w: %s", c.name, err, m.raw)
			}
		}
		if closed, _ := c.state(); closed { // the server was killed
			w.player.remove(c)
		}
	}
	return nil
}

// note remembers what was said, and what is not to be found any more.
func (w *watchers) note(e *eye, m message) error {
	nick, _, _ := strings.Cut(m.source, "!")
	id := m.tags["msgid"]
	switch {
	case m.command == "RENAME" || m.command == "PART" && len(m.params) > 1:
		w.renamed = true
	case m.command == "NOTICE" && strings.HasSuffix(m.params[1], " is registered: you are its founder."):
		w.kept[strings.Fields(m.params[1])[1]] = true
	case m.command == "REDACT":
		delete(w.said, m.params[1])
		e.heard[m.params[1]] = true
	case m.command == "PRIVMSG" && strings.HasPrefix(m.params[0], "#"):
		if e.heard[id] {
			return errors.New("hears once more, or after it was deleted")
		}
		w.last, e.heard[id] = id, true
		if nick == e.nick && m.params[1] == "hi" {
			w.said[w.last] = m.params[0]
		}
	}
	return nil
}

// say sends a line, after connecting the client if it is not.
func (w *watchers) say(name, line string) error {
	c, err := w.player.client(name)
	if err != nil && strings.HasSuffix(name, "-phone") {
		return nil
	}
	if err != nil {
		if c, err = w.player.dial(name, options{at: w.home(name)}, false); err != nil {
			return err
		}
		w.eyes[c] = newEye()
		c.send("CAP REQ :sasl multi-prefix echo-message message-tags draft/message-redaction draft/message-edit draft/chathistory")
		if w.accounts[name] {
			c.send(plain(name))
		}
		c.send("NICK " + name + "\r\nNICK " + name + "3\r\nUSER u 0 * :u\r\nCAP END")
		if err := w.settle(); err != nil {
			return err
		}
	}
	c.send(strings.ReplaceAll(line, "LAST", w.last))
	return nil
}

// utter lets a client say something that its server publishes, and is killed before it has
// written it.
func (w *watchers) utter(b *bubble, name, channel string) error {
	if err := w.say(name, "PRIVMSG "+channel+" :hi"); err != nil {
		return err
	}
	if err := w.settle(); err != nil {
		return err
	}
	return b.crash(w.home(name))
}

// home returns the server that a client connects to.
func (w *watchers) home(name string) string { return w.places[slices.Index(names, name)%len(w.places)] }

// roam connects one more client of the user of another one, to another server.
func (w *watchers) roam(b *bubble, name string) error {
	c, err := w.player.client(name)
	if _, twice := w.player.client(name + "-phone"); err != nil || twice == nil || !w.accounts[name] {
		return nil
	}
	nick := w.eyes[c].nick
	place := w.places[(slices.Index(names, name)+1)%len(w.places)]
	phone, err := w.player.dial(name+"-phone", options{at: place}, false)
	if err != nil {
		return err
	}
	w.eyes[phone] = newEye()
	phone.send("CAP REQ :sasl multi-prefix message-tags draft/chathistory\r\n" + plain(name) + "\r\nNICK " + nick + "\r\nNICK " + nick + "4\r\nUSER u 0 * :u\r\nCAP END")
	return w.settle()
}

// plain is how a client logs in to the account of its own.
func plain(name string) string {
	return "AUTHENTICATE PLAIN\r\nAUTHENTICATE " + base64.StdEncoding.EncodeToString([]byte("\x00account-"+name+"\x00secret-tea"))
}

// kill removes the user of a client from the network.
func (w *watchers) kill(b *bubble, name string) {
	c, err := w.player.client(name)
	if err != nil {
		return
	}
	if b.servers[w.places[0]] == nil {
		return // it is down
	}
	nw := b.servers[w.places[0]].server.Network
	if u := nw.World.User(w.eyes[c].nick); u != nil {
		nw.Kill(network.Actor{}, u, "bye")
	}
}

// login logs a client in to an account of its own, or out.
func (w *watchers) login(b *bubble, name string, in bool) {
	c, err := w.player.client(name)
	if err != nil || b.servers[w.places[0]] == nil {
		return
	}
	account := ""
	if in {
		account = "account-" + name
		users := b.servers[w.places[0]].users
		if !w.accounts[name] {
			if _, _, err := users.Register(b.ctx, accounts.Registration{Name: account, Password: "secret-tea"}); err != nil {
				return // the store fails
			}
		}
		w.accounts[name] = true
	}
	_ = b.login(w.eyes[c].nick, account)
}
