package clients

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestSessions: two WeeChats and somebody at a bare connection are one user. All leave,
// the user stays, and each client that comes back is shown once what it has missed.
func TestSessions(t *testing.T) {
	needs(t, "nc Debian's netcat-openbsd", "weechat Debian's weechat-curses", "tmux Debian's tmux")
	r := start(t)
	bob := r.peer("bob")
	bob.say("CAP REQ :away-notify")

	bare := r.netcat("alice")
	bob.since(":alice!", "JOIN #tea alice ")
	bare.typeIn("NS SET ALWAYS-ON true")
	bare.shows("Always on: true")
	laptop := r.weechat("laptop", "alice@laptop", "secret-tea", "")
	laptop.shows("#tea")
	phone := r.weechat("phone", "alice@phone", "secret-tea", "")
	phone.shows("#tea")
	for _, c := range []*terminal{laptop, phone} {
		c.typeIn("/buffer #tea")
		c.shows("bob")
	}

	// What one says all hear, and bob once; what bob says all hear.

	laptop.typeIn("from the laptop")
	bare.typeIn("PRIVMSG #tea :from a bare line")
	phone.typeIn("from the phone")
	bob.say("PRIVMSG #tea :from bob", "PRIVMSG alice :a word in private")
	for _, c := range []*terminal{laptop, phone, bare} {
		c.shows("from bob")
	}
	laptop.shows("from the phone", "from a bare line", "from the laptop")
	phone.shows("from the phone", "from a bare line", "from the laptop")
	bare.shows("from the phone", "from the laptop", "a word in private")
	bob.say("PING before")
	heard := bob.since("PONG", "before")
	for _, text := range []string{"from the laptop", "from the phone", "from a bare line"} {
		if strings.Count(heard, text) != 1 {
			t.Errorf("bob has heard %q %d times:\n%s", text, strings.Count(heard, text), heard)
		}
	}
	if strings.Contains(heard, "JOIN") {
		t.Errorf("bob has seen that another client came:\n%s", heard)
	}

	// The phone leaves first: it misses more than the others.

	phone.typeIn("/quit")
	phone.ends()
	bob.say("PRIVMSG #tea :the phone alone misses this")
	laptop.shows("the phone alone misses this")
	laptop.typeIn("/quit")
	laptop.ends()
	bare.hangUp()
	bob.hear(":alice!", "AWAY :")
	bob.say("PRIVMSG #tea :all miss this", "PRIVMSG alice :in private, too")
	bob.hear(" 301 bob alice ")
	bob.say("WHOIS alice")
	bob.hear(" 319 ", "#tea")

	// Who comes back is told once.

	bare = r.netcat("alice@laptop")
	bare.shows("all miss this", "in private, too")
	bare.once("all miss this", "in private, too")
	bare.never("the phone alone misses this", "from bob")
	bare.hangUp()
	bare = r.netcat("alice@laptop")
	bare.typeIn("PING after")
	bare.shows("PONG", "after", "JOIN #tea")
	bare.never("miss")
	phone = r.weechat("phone", "alice@phone", "secret-tea", "")
	phone.shows("#tea")
	phone.typeIn("/buffer #tea")
	phone.shows("the phone alone misses this", "all miss this")
	phone.once("the phone alone misses this", "all miss this")
	phone.typeIn("/buffer bob")
	phone.shows("in private, too")
	phone.once("in private, too")
	phone.typeIn("/quit")
	bare.hangUp()
	bob.say("PING end")
	if heard := bob.since("PONG", "end"); strings.Contains(heard, "JOIN") || strings.Contains(heard, "QUIT") {
		t.Errorf("bob has seen alice's clients come and go:\n%s", heard)
	}
}

// netcat lets somebody log in as alice, or by a device of hers, at a bare connection.
func (r *running) netcat(login string) *terminal {
	r.Helper()
	c := r.terminal("nc", "-C", "127.0.0.1", r.plain)
	c.typeIn("CAP REQ sasl", "AUTHENTICATE PLAIN")
	c.shows("AUTHENTICATE +")
	c.typeIn("AUTHENTICATE " + base64.StdEncoding.EncodeToString([]byte("\x00"+login+"\x00secret-tea")))
	c.shows(" 903 ")
	c.typeIn("NICK alice", "USER alice 0 * :Alice", "CAP END", "JOIN #tea")
	c.shows(" 366 ")
	return c
}

// hangUp leaves, at a bare connection.
func (t *terminal) hangUp() {
	t.Helper()
	t.typeIn("QUIT")
	t.shows("ERROR :Closing link")
	t.tmux("send-keys", "C-c")
	t.ends()
}

// ends waits until the program in the terminal has ended.
func (t *terminal) ends() {
	t.Helper()
	t.running.until("the program ends", func() bool { return strings.Contains(t.tmux("has-session"), "exit status") })
}

// all is the screen and what has scrolled off it.
func (t *terminal) all() string { return t.tmux("capture-pane", "-p", "-J", "-S", "-") }

func (t *terminal) once(texts ...string) {
	t.Helper()
	for _, text := range texts {
		if n := strings.Count(t.all(), text); n != 1 {
			t.Errorf("%q is shown %d times:\n%s", text, n, t.all())
		}
	}
}

func (t *terminal) never(texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(t.all(), text) {
			t.Errorf("%q is shown:\n%s", text, t.all())
		}
	}
}

// since returns all that is heard up to a line with these parts, since it was called
// last.
func (p *peer) since(parts ...string) (heard string) {
	p.Helper()
	p.hear(parts...)
	heard = p.all.String()
	p.all.Reset()
	return heard
}
