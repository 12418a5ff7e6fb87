package chaos

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNetwork links three servers, kills the first, and lets it come back.
func TestNetwork(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, 3)
	begin := time.Now()
	for _, s := range n.servers {
		s.launch()
	}
	for _, s := range n.servers {
		until(t, "they serve clients", func() bool { return s.linked() >= 0 })
	}
	n.together()
	t.Logf("three servers are a network after %v", time.Since(begin).Round(time.Millisecond))
	irc1, irc2, irc3 := n.servers[0], n.servers[1], n.servers[2]

	// Accounts from each server, good on each.
	alice, bob, carol := irc1.connect("alice", false), irc2.connect("bob", false), irc3.connect("carol", false)
	for _, c := range []*client{alice, bob, carol} {
		if why := c.registerAccount(); why != "" {
			t.Errorf("%s at %s: %s", c.nick, c.at.name, why)
		}
		c.join("#tea")
	}
	n.servers[2].connect("alice", true).Close()
	alice.send("PRIVMSG #tea :one")
	for _, c := range []*client{alice, bob, carol} {
		c.hears("one")
	}
	carol.send("PRIVMSG bob :between us")
	bob.hears("between us")

	oper := irc2.connect("oper", false).oper()

	// One is killed; the others go on.
	irc1.end(syscall.SIGKILL)
	killed := time.Now()
	bob.send("PRIVMSG #tea :two")
	t.Logf("local chat after a kill: %v", bob.hears("two").Sub(killed).Round(time.Microsecond))
	carol.hears("two")
	oper.told("The server irc1.tea.example is out of reach: ")
	until(t, "it is noticed", func() bool { return strings.Contains(tail(irc2.log.String(), 1000), "the connection to it is lost") })
	t.Logf("noticed after %v", time.Since(killed).Round(time.Millisecond))
	dave := irc3.connect("dave", false)
	until(t, "accounts can be registered again", func() bool {
		why := dave.registerAccount()
		if why != "" {
			t.Logf("after %v: %s", time.Since(killed).Round(time.Millisecond), why)
		}
		return why == "" || why == "ACCOUNT_EXISTS"
	})
	t.Logf("registrations after %v", time.Since(killed).Round(time.Millisecond))

	// It comes back, and has all.
	begin = time.Now()
	irc1.start()
	n.together()
	t.Logf("back after %v", time.Since(begin).Round(time.Millisecond))
	oper.told("The server irc1.tea.example is linked, in step after ")
	irc1.connect("dave", true).Close()
	alice = irc1.connect("alice", true)
	alice.join("#tea")
	var want []string
	for _, c := range []*client{bob, carol, alice} {
		var got []string
		until(t, c.nick+" has the history", func() bool { got = c.history("#tea"); return len(got) >= 2 })
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has the history\n%q\nand bob\n%q", c.nick, got, want)
		}
	}
	for _, s := range n.servers {
		begin = time.Now()
		s.end(syscall.SIGTERM)
		took := time.Since(begin)
		t.Logf("%s stops after %v", s.name, took.Round(time.Millisecond))
		if took > 8*time.Second {
			t.Errorf("%s stops after %v", s.name, took)
		}
	}
}

// TestRefused tests that a server joins only with the right secret, name, key and time.
func TestRefused(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, 1)
	first := n.servers[0]
	first.start()
	oper := first.connect("oper", false).oper()
	for _, test := range []struct {
		name        string
		change      func(s *server)
		here, there string // what the logs of the two say
	}{
		{"secret.tea.example", func(s *server) { s.secret = strings.Repeat("wrong", 8) }, "another link.secret", "another server refuses this one"},
		{"clock.tea.example", func(s *server) { s.env = []string{"PARLEY_TEST_CLOCK=+1m"} }, "the clock of clock.tea.example differs", "the clock of irc1.tea.example differs"},
		{"name.tea.example", func(s *server) { s.name = "irc1.tea.example" }, "it has the name of this server", "another server refuses this one"},
	} {
		s := n.add(test.name)
		test.change(s)
		s.configure()
	}
	first.configure()
	first.run("rehash")
	stranger := n.add("stranger.tea.example")
	stranger.configure()
	for _, s := range n.servers[1:] {
		s.launch()
	}
	for i, want := range [][2]string{
		{"another link.secret", "another server refuses this one"},
		{"the clock of clock.tea.example differs", "the clock of irc1.tea.example differs"},
		{"it has the name of this server", "another server refuses this one"},
		{"its key is not known here", "does not know the key of this one"},
	} {
		until(t, want[0], func() bool { return strings.Contains(first.log.String(), want[0]) })
		oper.told(want[0])
		until(t, want[1], func() bool { return strings.Contains(n.servers[i+1].log.String(), want[1]) })
	}
	if got := first.run("link", "status"); !strings.Contains(got, "the only one of its network") {
		t.Errorf("somebody has joined: %s", got)
	}
}
