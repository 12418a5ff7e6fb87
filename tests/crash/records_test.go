package crash

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// owners is how many users change their accounts and channels at once.
const owners = 4

// TestKillRecords kills the server while users register accounts and channels, and change
// passwords, certificates, flags, memos and the names of their accounts: what they were told
// is done is so when it runs again,
// and what they were not told is done, or not, but never half.
func TestKillRecords(t *testing.T) {
	s := newServer(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	s.start()
	helper := s.guest(t, "helper")
	helper.send("REGISTER * * %s", password)
	helper.await(t, "900")
	helper.Close()
	var all, current []*owner
	for round := range *kills {
		current = nil
		for i := range owners {
			o := &owner{server: s, name: fmt.Sprintf("o%dx%d", i, round)}
			o.channel, o.called = "#"+o.name, fact{now: o.name}
			current = append(current, o)
		}
		all = append(all, current...)
		var busy sync.WaitGroup
		for _, o := range current {
			busy.Go(func() { o.act(t) })
		}
		time.Sleep(time.Duration(5+chance.IntN(250)) * time.Millisecond)
		s.end(syscall.SIGKILL)
		busy.Wait()
		s.start()
		each(current, func(o *owner) { o.check(t) })
		if t.Failed() {
			t.FailNow()
		}
	}
	each(all, func(o *owner) { o.check(t) })
	done, begun := 0, 0
	for _, o := range all {
		done += o.done
		begun += o.begun
	}
	t.Logf("%d changes were confirmed, and %d were under way, when the server ended %d times", done, begun-done, *kills)
	if done < *kills*owners/2 {
		t.Errorf("only %d changes were made", done)
	}
}

func each(all []*owner, f func(*owner)) {
	var busy sync.WaitGroup
	slots := make(chan struct{}, owners)
	for _, o := range all {
		slots <- struct{}{}
		busy.Go(func() {
			defer func() { <-slots }()
			f(o)
		})
	}
	busy.Wait()
}

// A fact is what somebody has been told, "" being that there is nothing, and what they
// have asked for since.
type fact struct {
	now, next string
	changing  bool
}

// may reports whether the fact may be a value, and from now on it is.
func (f *fact) may(value string) bool {
	if value != f.now && (!f.changing || value != f.next) {
		return false
	}
	*f = fact{now: value}
	return true
}

// An owner changes one account and its channel, one thing after the other.
type owner struct {
	server                      *server
	name, channel               string
	password, founded, flag, id fact
	memo                        fact
	called                      fact // what the account is called
	begun, done                 int
}

// guest connects somebody who is not logged in.
func (s *server) guest(t *testing.T, nick string) *client {
	t.Helper()
	conn, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(conn, nick)
	c.send("CAP REQ :sasl no-implicit-names")
	c.send("NICK %s", nick)
	c.send("USER %s 0 * :%s", nick, nick)
	c.send("CAP END")
	c.await(t, "001")
	return c
}

// act makes changes until the server ends.
func (o *owner) act(t *testing.T) {
	conn, err := o.server.dial()
	if err != nil {
		return
	}
	defer conn.Close()
	c := newClient(conn, o.name)
	c.send("CAP REQ :sasl no-implicit-names")
	c.send("NICK %s", o.name)
	c.send("USER %s 0 * :%s", o.name, o.name)
	c.send("CAP END")
	ok := o.change(c, &o.password, "first", "REGISTER * * first", "REGISTER SUCCESS") &&
		o.change(c, nil, "", "JOIN "+o.channel, " JOIN ") &&
		o.change(c, &o.founded, "yes", "CS REGISTER "+o.channel, "is registered") &&
		o.change(c, nil, "", "NICK r"+o.name, " NICK ") &&
		o.change(c, nil, "", "NS GROUP", "belongs to your account now")
	for n := 1; ok; n++ {
		word := fmt.Sprint("next", n)
		ok = o.change(c, &o.password, word, "NS PASSWD "+o.password.now+" "+word, "has been changed") &&
			o.change(c, &o.flag, "+v", "CS FLAGS "+o.channel+" helper +v", "has +v") &&
			o.change(c, &o.id, o.print(n), "NS CERT ADD "+o.print(n), "can log you in") &&
			o.change(c, &o.memo, "memo-"+word, "MS SEND "+o.name+" memo-"+word, "is kept") &&
			o.change(c, &o.flag, "", "CS FLAGS "+o.channel+" helper -v", "has no access") &&
			o.change(c, &o.memo, "", "MS FORGET ALL", "removed") &&
			o.change(c, &o.id, "", "NS CERT DEL "+o.print(n), "has been removed") &&
			o.rename(c, "r"+o.name) && o.rename(c, o.name)
	}
}

// rename renames the account, and shows the password again, which that asks for.
func (o *owner) rename(c *client, name string) bool {
	return o.change(c, &o.called, name, "NS RENAME "+o.called.now+" "+name, "is called "+name+" now") &&
		o.change(c, nil, "", "NS IDENTIFY "+name+" "+o.password.now, "NOTICE")
}

// print is the fingerprint of a certificate that nobody else has.
func (o *owner) print(n int) string { return fmt.Sprintf("%064x", fmt.Sprint(o.name, " ", n)) }

// change asks for a change, and reports whether it was confirmed.
func (o *owner) change(c *client, f *fact, value, line, confirmed string) bool {
	if f != nil {
		o.begun++
		f.next, f.changing = value, true
	}
	c.send("%s", line)
	for {
		m, err := c.next()
		switch {
		case err != nil:
			return false
		case !strings.Contains(m.String(), confirmed):
			continue
		case f != nil:
			o.done++
			*f = fact{now: value}
		}
		return true
	}
}

// check compares all facts with what the server says.
func (o *owner) check(t *testing.T) {
	t.Helper()
	c := o.login(t)
	if c == nil {
		return
	}
	defer c.Close()
	called := ""
	for _, may := range []string{o.called.now, o.called.next} {
		if may != "" && o.ask(t, c, "NS INFO", "Account: "+may, may) != "" {
			called = may
		}
	}
	o.fact(t, "the name", &o.called, called)
	o.fact(t, "the channel", &o.founded, o.ask(t, c, "CS INFO "+o.channel, "Founder: "+called, "yes"))
	if o.founded.now == "" {
		c.send("JOIN %s", o.channel)
		o.must(t, c, "CS REGISTER "+o.channel, "is registered")
		o.founded = fact{now: "yes"}
	}
	o.fact(t, "the flag", &o.flag, o.ask(t, c, "CS FLAGS "+o.channel+" helper", "has +v", "+v"))
	memo := ""
	for _, may := range []string{o.memo.now, o.memo.next} {
		if may != "" && o.ask(t, c, "MS READ LAST", may, may) != "" {
			memo = may
		}
	}
	o.fact(t, "the memo", &o.memo, memo)
	id := ""
	for _, may := range []string{o.id.now, o.id.next} {
		if may != "" && o.ask(t, c, "NS CERT LIST", may, may) != "" {
			id = may
		}
	}
	missing := o.id.next
	o.fact(t, "the certificate", &o.id, id)
	if o.id.now == "" && missing != "" {
		o.must(t, c, "NS CERT ADD "+missing, "can log you in")
		o.id = fact{now: missing}
	}
}

func (o *owner) fact(t *testing.T, what string, f *fact, is string) {
	t.Helper()
	if was := *f; !f.may(is) {
		t.Errorf("%s of %s is %q, but was %q, and perhaps %q", what, o.name, is, was.now, was.next)
	}
}

// ask returns value if one of the answers to a line contains a text.
func (o *owner) ask(t *testing.T, c *client, line, text, value string) (is string) {
	t.Helper()
	c.send("%s", line)
	c.send("PING asked")
	for {
		m, err := c.next()
		if err != nil {
			t.Errorf("%s asks %q: %v", o.name, line, err)
			return ""
		}
		if m.Command == "PONG" {
			return is
		}
		if strings.Contains(m.String(), text) {
			is = value
		}
	}
}

func (o *owner) must(t *testing.T, c *client, line, text string) {
	t.Helper()
	if o.ask(t, c, line, text, "yes") == "" {
		t.Errorf("%s cannot do again what was not done: %s", o.name, line)
	}
}

// login connects by the password that is right: exactly one of those that may be. If the
// account does not exist, its name must be free.
func (o *owner) login(t *testing.T) *client {
	t.Helper()
	c := o.server.guest(t, "v"+o.name)
	is := ""
	for _, may := range []string{o.password.next, o.password.now} {
		if may != "" && o.right(t, c, may) {
			if is != "" && is != may {
				t.Errorf("%s has two passwords", o.name)
			}
			is = may
		}
	}
	o.fact(t, "the password", &o.password, is)
	if is != "" {
		return c
	}
	c.Close()
	c = o.server.guest(t, o.name)
	o.must(t, c, "REGISTER * * first", "REGISTER SUCCESS")
	o.password, o.called = fact{now: "first"}, fact{now: o.name}
	return c
}

func (o *owner) right(t *testing.T, c *client, word string) bool {
	t.Helper()
	c.send("AUTHENTICATE PLAIN")
	text := base64.StdEncoding.EncodeToString([]byte("\x00" + o.name + "\x00" + word))
	return o.ask(t, c, "AUTHENTICATE "+text, " 903 ", "yes") != ""
}
