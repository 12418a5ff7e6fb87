package tests

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/commands"
	"github.com/parley-irc/parley/ircd/dispatch"
)

// everything is a client that has enabled all it is offered.
const everything = ^caps.Set(0)

// askings are what a command may have after its name, {} being the channel.
var askings = []string{
	"{}", "{} :x", "{} b", "{} e", "{} +i", "{} -s", "{} +b x!*@*", "{} +o dan", "{} ann", "{} ann :x", "{} #other", "{} a/b :x", "{} abc :x",
	"{} %tcuihsnfdlaor", "ann {}", "dan {}", "@{} :x", "+ {}", "+{}", "*{}*", "in={}", "{} *", "{} LIST", "{} GET avatar", "{} SET avatar :x", "{} SYNC",
	"{} timestamp=2000-01-01T00:00:00.000Z", "LATEST {} * 10", "BEFORE {} timestamp=2100-01-01T00:00:00.000Z 10", "AROUND {} msgid=abc 10",
	"TARGETS timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 10",
	"ChanServ :INFO {}", "ChanServ :STATUS {} dan", "ChanServ :OP {} dan", "ChanServ :ACCESS {} LIST", "ChanServ :REGISTER {}", "NickServ :INFO {}",
}

// passing is what differs from one answer to the next.
var passing = regexp.MustCompile(`msgid=\w+|time=[-:.\w]+| 391 .*|BATCH [+-]\S+|batch=\w+`)

// named are channels, with names of the same letters.
var named = regexp.MustCompile(`#z?z?q[0-3]`)

const unused, absent, hidden, public = "#zzq0", "#zzq1", "#zzq2", "#zzq3"

// TestSecretIsAbsent: no command, whatever follows it, tells a secret channel from
// one that is not there, but JOIN.
// https://modern.ircdocs.horse/#secret-channel-mode
func TestSecretIsAbsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, everything, everything, everything, everything)
		defer c.close()
		ann, dan := c.members[0], c.members[3]
		for _, name := range []string{hidden, public} {
			for _, line := range []string{"JOIN " + name, "TOPIC " + name + " :hush", "MODE " + name + " +beI x!*@* y!*@* z!*@*", "PRIVMSG " + name + " :psst"} {
				ann.send(line)
				synctest.Wait()
			}
		}
		ann.send("MODE " + hidden + " +s")
		dan.send("PART #tea")
		synctest.Wait()
		told := map[string]bool{}
		for _, row := range commands.Table.Sorted() {
			if row.Name == "JOIN" || row.Name == "OPER" || slices.Contains(unfit, row.Name) {
				continue // OPER is refused for having been tried too often
			}
			for _, asking := range askings {
				ask := func(channel string) []string {
					return c.answer(dan, row.Name+" "+strings.ReplaceAll(asking, "{}", channel))
				}
				ask(unused) // so that what a command changes is changed
				none, secret := ask(absent), ask(hidden)
				if !slices.Equal(unnamed(none), unnamed(secret)) {
					t.Errorf("%s %s is answered with\n%q\nfor a secret channel, and with\n%q\nfor none", row.Name, asking, secret, none)
				}
				if i := slices.IndexFunc(none, func(line string) bool {
					return strings.Contains(line, hidden) && !strings.Contains(line, ":dan!")
				}); i >= 0 && !strings.Contains(asking, "dan") {
					t.Errorf("%s %s shows the secret channel: %q", row.Name, asking, none[i])
				}
				if !slices.Equal(unnamed(ask(public)), unnamed(none)) {
					told[row.Name] = true
				}
			}
			dan.send("NICK dan")
		}
		if len(told) < 10 {
			t.Errorf("only %d commands tell a channel from none; this test has not asked well", len(told))
		}
		if fault := c.fault(); fault != "" {
			t.Error("the server has logged:", fault)
		}
	})
}

// answer returns what a client is told about a line.
func (c *crowd) answer(l *listener, line string) (lines []string) {
	l.take()
	l.send(line)
	synctest.Wait()
	time.Sleep(10 * time.Second) // so that no limit of rate is met
	for _, other := range c.members {
		other.send("PONG x")
	}
	synctest.Wait()
	for _, line := range l.take() {
		if !strings.HasPrefix(line, "PING") {
			lines = append(lines, passing.ReplaceAllString(line, "…"))
		}
	}
	return lines
}

// unnamed is lines without the names of channels.
func unnamed(lines []string) (all []string) {
	for _, line := range lines {
		all = append(all, named.ReplaceAllString(line, "{}"))
	}
	return all
}

// TestMutedMembers: whom a channel does not let speak has no other way to be read by
// its members.
func TestMutedMembers(t *testing.T) {
	speech := []string{ // what others hear of who may speak
		"PRIVMSG #tea :loot", "NOTICE #tea :loot", "@+x=loot TAGMSG #tea", "PRIVMSG @#tea :loot", "NOTICE +#tea :loot", "@+x=loot TAGMSG @#tea",
		"PART #tea :loot", "CYCLE #tea :loot", "QUIT :loot", "NICK loot", "TOPIC #tea :loot", "@+typing=active TAGMSG #tea",
		"@+draft/react=loot;+reply={} TAGMSG #tea", "@draft/target-msgid={};draft/edit-text=loot EDIT #tea", "REDACT #tea {} :loot",
		"BATCH +1 draft/multiline #tea\r\n@batch=1 PRIVMSG #tea :loot\r\n@batch=1 PRIVMSG #tea :loot\r\nBATCH -1",
	}
	more := []string{ // what takes a rank besides
		"KNOCK #tea :loot", "INVITE loot #tea", "RENAME #tea #loot :loot", "KICK #tea ann :loot", "REMOVE #tea ann :loot", "RELAYMSG #tea loot/x :loot",
		"METADATA #tea SET avatar :loot", "REDACT #tea abc :loot", "NPC #tea loot :loot", "SCENE #tea :loot", "MODE #tea +b loot", "MODE #tea +k loot",
		"JOIN #tea loot",
	}
	heard := map[string]bool{} // without a mute
	for _, mute := range []string{"", "+b bob", "+b m:bob", "+m", "+bN m:bob", "+M", "+b U:*", "+b ~mute:bob!*@*"} {
		for _, template := range slices.Concat(speech, more) {
			way := template
			if (mute == "+m" || mute == "+M") && strings.HasPrefix(way, "NICK") {
				continue // the mode N is for that
			}
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, everything, everything, everything)
				defer c.close()
				ann, bob, cat := c.members[0], c.members[1], c.members[2]
				bob.send("PRIVMSG #tea :earlier")
				synctest.Wait()
				said := regexp.MustCompile(`msgid=(\w+)`).FindStringSubmatch(strings.Join(ann.take(), "\n"))
				if said == nil {
					t.Fatal("ann has not read what bob said while he could")
				}
				ann.send("MODE #tea -t" + mute)
				synctest.Wait()
				ann.take()
				cat.take()
				way = strings.ReplaceAll(way, "{}", said[1])
				for line := range strings.SplitSeq(way, "\r\n") {
					bob.send(line)
				}
				synctest.Wait()
				for _, l := range []*listener{ann, cat} {
					for _, line := range l.take() {
						switch reaches := strings.Contains(line, "loot") || strings.Contains(line, "TAGMSG"); {
						case reaches && mute == "":
							heard[template] = true
						case reaches:
							t.Errorf("with %s, after %q, %s reads %q", mute, way, l.nick, line)
						}
					}
				}
			})
		}
	}
	for _, way := range speech {
		if !heard[way] {
			t.Errorf("%q reaches nobody without a mute either", way)
		}
	}
}

// TestUnregisteredConnections: who has not said who it is reaches nobody.
func TestUnregisteredConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, everything, everything)
		defer c.close()
		for _, row := range commands.Table.Sorted() {
			ours, theirs := net.Pipe()
			go c.server.Serve(t.Context(), theirs, dispatch.Peer{})
			stranger := &listener{conn: ours}
			go stranger.listen()
			for _, asking := range []string{"ann :loot", "#tea :loot", "ann #tea :loot", "#tea ann :loot"} {
				stranger.send(fmt.Sprintf("@+x=loot %s %s", row.Name, asking))
			}
			synctest.Wait()
			for _, l := range c.members {
				for _, heard := range l.take() {
					if !strings.HasPrefix(heard, "PING") {
						t.Errorf("%s by a connection that is not registered: %s reads %q", row.Name, l.nick, heard)
					}
				}
			}
			stranger.conn.Close()
		}
	})
}
