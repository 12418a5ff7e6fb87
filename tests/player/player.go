// Package player plays conversations: files that read like IRC, in which clients
// send lines and say what they expect to hear.
//
// A conversation shows what a person at a client would see, and nothing of how the
// server does it. So the same file is played on one server, on two linked ones with
// the clients spread over them, and against a running process; what it says must be
// so each time. Time is fake: nothing waits, and silence is exact.
//
// A line of a conversation is empty, a comment ("# ..."), or one of these.
//
//	connect ALICE BOB [OPTION...] [at WEST] [with CAP...]
//	                          connects clients that register and answer PING; "302" is the
//	                          version of capability negotiation
//	dial ALICE [OPTION...] [at WEST]
//	                          connects a client that sends nothing by itself
//	cap ALICE CAP...          enables capabilities
//	join #CHANNEL ALICE BOB   lets clients join, one after another
//	oper ALICE                makes a client an operator
//	login ALICE ACCOUNT       logs a client in; logout ALICE
//	device PHONE [gone]       is a device that hears push notifications: $phone is its endpoint,
//	                          $phonekeys its keys. It may be gone, moved, busy, and well again
//	wait 2m                   lets time pass
//	hangup ALICE              closes the connection without a word
//	ALICE closed              the server has closed the connection
//	store fails               lets nothing be stored; "store works" ends that
//	rehash NAME.toml          changes the configuration of all servers
//	server WEST               starts a server, linked to the others
//	delay / deliver           keeps what servers tell each other on its way / delivers it
//	split EAST WEST           cuts two servers off from each other, and waits until their users
//	                          are told; "cut" does not wait
//	heal EAST WEST            ends what was done to what two servers send each other
//	lose EAST WEST 3          loses the next three things that the first sends the second
//	deafen EAST WEST          loses all that the first sends the second
//	slow EAST WEST 2s         makes that take so long
//	kill WEST / restart WEST  ends a server without a word / and starts it again
//	crash WEST EAST / start WEST  ends servers at one instant, with what is not written / starts one
//
//	ALICE > LINE              sends a line
//	ALICE,BOB < LINE          each has heard this; "*" stands for all who have heard anything
//	ALICE <* LINE             any number of such lines
//	ALICE <... LINE           this one, after anything else
//	BOB@EXAMPLE.ORG < TEXT    this line is in a letter to an address, whose first line is the
//	                          subject; <* and <... as above
//
// The options of a connection are tls, certfp=HEX, websocket, addr=IP, host=NAME,
// ident=NAME, user=NAME and real=NAME. In what is expected, * and ? are as in masks,
// $NAME stands for the same text wherever it occurs (also in what is sent, once it
// has been heard), {A B C} for words in any order,
// and a last "..." for any number of parameters. "\x03" is a byte, "{a*400}" a text
// repeated; in what is sent, "totp(KEY)" is the code of an authenticator, "jwt(NAME for
// AUDIENCE)" a token, "passkey(create CHALLENGE N)" and "passkey(sign CHALLENGE N)" part N
// of the answer of a passkey, "base64(TEXT)" that. Tags are compared if they are given: "@tag=" is absent, "@tag" is there.
// Whatever is heard and not written is an error, when the next line is sent and at the
// end. Lines such as "connect" swallow what they cause.
//
// Sections: config.toml overrides the default configuration, and config.WEST.toml
// for one server; motd and rules are texts; languages/de.toml is a catalogue in place of
// those that are built in. A line "# single: REASON" or
// "# linked: REASON" says that a file is only played on one server, or on two, and
// "# inside: REASON" that it is not played against a process.
package player

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/mail/mailtest"
)

// A stage is where a conversation is played.
type stage interface {
	dial(o options) (net.Conn, error)
	// device returns a device, which is made if there is none of the name.
	device(name string, how ...string) (d *device, isNew bool, err error)
	// settle returns when all that was sent has had its effects.
	settle(clients []*client) error
	wait(d time.Duration)
	// leave ends what is left of the conversation.
	leave(clients []*client)
	// do does what only a stage made by the player can: oper, login and others.
	do(directive string, args []string) error
	// complaint returns what a server has logged as an error.
	complaint() error
	// mail removes and returns a letter that was sent to an address.
	mail(to string) (mailtest.Letter, bool)
}

// A player plays one conversation.
type player struct {
	stage   stage
	clients []*client
	bound   binding
	letter  mailtest.Letter // that was opened last
	safe    safe
	count   int // clients that have connected
}

// play plays a conversation to its end.
func play(s *Script, st stage) error {
	p := &player{stage: st, bound: binding{}}
	defer p.close()
	for i, line := range s.lines {
		if err := p.line(line); err != nil {
			return fmt.Errorf("%s:%d: %w", s.File, i+1, err)
		}
	}
	if err := p.nothingElse(); err != nil {
		return fmt.Errorf("%s:%d: at the end %w", s.File, len(s.lines), err)
	}
	return nil
}

func (p *player) close() {
	p.stage.leave(p.clients)
	for _, c := range p.clients {
		c.conn.Close()
	}
}

// line plays one line.
func (p *player) line(line string) error {
	f := strings.Fields(line)
	switch {
	case len(f) == 0 || strings.HasPrefix(f[0], "#"):
		return nil
	case len(f) < 2:
		return p.directive(f[0], nil)
	case f[1] == ">":
		_, text, _ := strings.Cut(line, "> ")
		return p.say(f[0], p.safe.answer(compute(p.bound.fill(expand(text)))))
	case strings.HasPrefix(f[1], "<"):
		_, text, _ := strings.Cut(line, f[1])
		return p.expect(f[0], f[1][1:], expand(strings.TrimPrefix(text, " ")))
	case f[1] == "closed" && len(f) == 2:
		return p.closed(f[0])
	}
	return p.directive(f[0], f[1:])
}

func (p *player) say(name, text string) error {
	if err := p.nothingElse(); err != nil {
		return err
	}
	c, err := p.client(name)
	if err != nil {
		return err
	}
	c.send(text)
	return p.settle()
}

func (p *player) directive(word string, args []string) error {
	if err := p.nothingElse(); err != nil {
		return err
	}
	switch {
	case word == "connect" && len(args) > 0:
		return p.connect(args)
	case word == "dial" && len(args) > 0:
		o, names, _ := parseOptions(args)
		_, err := p.dial(names[0], o, true)
		return err
	case word == "cap" && len(args) > 1:
		return p.enable(args[0], strings.Join(args[1:], " "))
	case word == "join" && len(args) > 1:
		return p.join(args[0], args[1:])
	case word == "device" && len(args) > 0:
		return p.device(args[0], args[1:])
	case word == "oper" && len(args) == 1:
		c, err := p.client(args[0])
		if err != nil {
			return err
		}
		c.send("OPER admin secret")
		return p.swallow(c, "381")
	case word == "hangup" && len(args) == 1:
		return p.hangup(args[0])
	case word == "wait" && len(args) == 1:
		d, err := time.ParseDuration(args[0])
		if err == nil {
			p.stage.wait(d)
			err = p.settle()
		}
		return err
	}
	if err := p.stage.do(word, args); err != nil {
		return err
	}
	return p.settle()
}

// device makes a device a client of the conversation.
func (p *player) device(name string, how []string) error {
	d, isNew, err := p.stage.device(name, how...)
	if err == nil && isNew {
		p.clients = append(p.clients, d.client)
		p.bound["$"+name], p.bound["$"+name+"keys"] = d.endpoint(), d.keys()
	}
	return err
}

func (p *player) client(name string) (*client, error) {
	for _, c := range p.clients {
		if c.name == name {
			return c, nil
		}
	}
	return nil, fmt.Errorf("there is no client %q", name)
}

func (p *player) remove(c *client) {
	p.clients = slices.DeleteFunc(p.clients, func(o *client) bool { return o == c })
}

// settle lets what was sent have its effects, and reports what may never be.
func (p *player) settle() error {
	if err := p.stage.settle(p.clients); err != nil {
		return err
	}
	for _, c := range p.clients {
		if _, fault := c.state(); fault != nil {
			return fault
		}
	}
	return p.stage.complaint()
}

// nothingElse returns an error if something was heard that is not written.
func (p *player) nothingElse() error {
	for _, c := range p.clients {
		if m, ok := c.peek(); ok {
			return fmt.Errorf("%s also heard\n\t%s", c.name, show(m.raw))
		}
		if closed, _ := c.state(); closed {
			return fmt.Errorf("%s was disconnected", c.name)
		}
	}
	if l, ok := p.stage.mail(""); ok {
		return fmt.Errorf("%s has got a letter: %s", l.To, l.Subject)
	}
	return nil
}

func (p *player) closed(name string) error {
	c, err := p.client(name)
	if err != nil {
		return err
	}
	if m, ok := c.peek(); ok {
		return fmt.Errorf("%s also heard\n\t%s", c.name, show(m.raw))
	}
	if closed, _ := c.state(); !closed {
		return errors.New(name + " is still connected")
	}
	p.remove(c)
	return nil
}

func (p *player) hangup(name string) error {
	c, err := p.client(name)
	if err != nil {
		return err
	}
	p.remove(c)
	c.conn.Close()
	return p.settle()
}
