package server

import (
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"
)

// TestClockJumps: when the clock of the machine is set, by an hour or two in either
// direction, nobody is disconnected, what is said stays in its order with identifiers that
// grow, bans of a duration hold as the clock says, and the history reads as it was said.
func TestClockJumps(t *testing.T) {
	var offset atomic.Int64
	config, tokens := withAPI("")
	dir := t.TempDir()
	r := &running{T: t, dir: dir, log: &log{}}
	r.configure(config)
	var err error
	r.Server, err = Start(Options{
		Config: filepath.Join(dir, "parley.toml"), Version: "parley-test", Stderr: r.log,
		Now: func() time.Time { return time.Now().Add(time.Duration(offset.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		r.Server.Run(t.Context())
		close(done)
	}()
	t.Cleanup(func() { <-done })
	a := &apiClient{running: r, token: tokens["full"], asked: map[string]bool{}}
	_, _, text := a.ask("GET", "/openapi.json", "")
	a.doc = readDocument(t, text)

	alice, bob := a.irc("alice"), a.irc("bob")
	for _, c := range []*ircClient{alice, bob} {
		c.say("CAP REQ :message-tags server-time draft/chathistory batch")
		c.hears("ACK")
		c.say("JOIN #tea")
		c.hears(" 366 ")
	}
	id := regexp.MustCompile(`msgid=([^;\s]+)`)
	last := ""
	said := []string{}
	say := func(text string) {
		t.Helper()
		alice.say("PRIVMSG #tea :" + text)
		m := id.FindStringSubmatch(bob.hears("PRIVMSG #tea"))
		if m == nil || m[1] <= last {
			t.Errorf("%q has the identifier %v, after %s", text, m, last)
			return
		}
		last = m[1]
		said = append(said, text)
	}
	say("now")
	for _, jump := range []time.Duration{time.Hour, -2 * time.Hour, 2 * time.Hour} {
		offset.Add(int64(jump))
		say("first-after-" + jump.String())
		say("second-after-" + jump.String())
		alice.say("PING here")
		alice.hears("PONG")
	}

	// A ban for an hour is over when the clock says so, and not before.
	a.does("POST", "/v1/bans", `{"target":"192.0.2.66","duration":"1h"}`)
	outcome := func(want string) {
		t.Helper()
		a.does("GET", "/v1/bans/test?subject=192.0.2.66", "", `"outcome":"`+want+`"`)
	}
	outcome("ban")
	offset.Add(int64(-time.Hour))
	outcome("ban")
	offset.Add(int64(2*time.Hour + time.Minute))
	outcome("none")

	bob.say("CHATHISTORY LATEST #tea * 50")
	for _, text := range said {
		bob.hears(text)
	}
}
