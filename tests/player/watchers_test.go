package player

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/network"
)

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

// run plays a program and, behind it, what lets the servers come together again.
func (w *watchers) run(b *bubble, program []string) error {
	for _, place := range w.places {
		if _, err := b.node(place); err != nil {
			return err
		}
	}
	synctest.Wait()
	for _, line := range append(slices.Clone(program), w.healing()...) {
		f := strings.Fields(line)
		w.trace("= " + line)
		if f[0] == "pass" || len(f) == 3 && f[1] == f[2] { // or a server with itself
			continue
		}
		if err := w.perform(b, f); err != nil {
			return err
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

// healing is the end of every program: all servers are there, and nothing is between them.
func (w *watchers) healing() []string {
	program := []string{"deliver", "store works"}
	for _, place := range w.places {
		program = append(program, "start "+place)
	}
	for i, from := range w.places {
		for _, to := range w.places[i+1:] {
			program = append(program, "heal "+from+" "+to)
		}
	}
	return append(program, "wait 10m")
}

// perform does what the words of a line say.
func (w *watchers) perform(b *bubble, f []string) error {
	switch f[0] {
	case "delay", "deliver", "split", "cut", "heal", "restart", "lose", "slow", "deafen", "store":
		return b.do(f[0], f[1:])
	case "crash", "start":
		return b.disturb(f[0], f[1:])
	case "utter":
		return w.utter(b, f[1], f[2])
	case "roam":
		return w.roam(b, f[1])
	case "login", "logout":
		w.login(b, f[1], f[0] == "login")
	case "kill":
		w.kill(b, f[1])
	case "wait":
		d, err := time.ParseDuration(f[1])
		if err != nil {
			return err
		}
		b.wait(d)
	case "stay":
		if _, err := w.player.client(f[1]); err == nil && w.accounts[f[1]] {
			return w.say(f[1], "NS SET ALWAYS-ON true")
		}
	case "hangup":
		if c, err := w.player.client(f[1]); err == nil {
			w.player.remove(c)
			c.conn.Close()
		}
	default: // alice > JOIN #tea
		return w.say(f[0], strings.Join(f[2:], " "))
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
