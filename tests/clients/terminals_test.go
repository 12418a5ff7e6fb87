package clients

import (
	"os/exec"
	"strings"
	"testing"
)

// talk is what people do with a client: it has connected as alice, logged in and joined
// #tea, where bob is.
func talk(c *terminal, bob *peer) {
	c.Helper()
	bob.say("PRIVMSG #tea :grüße, 茶 and 🍵")
	c.shows("grüße, 茶 and 🍵")
	c.typeIn("thank you ☕")
	bob.hear(":alice!", "PRIVMSG #tea :thank you ☕")
	c.typeIn("/me pours")
	bob.hear("PRIVMSG #tea :\x01ACTION pours\x01")
	bob.say("MODE #tea +o alice")
	c.shows("@alice")
	c.typeIn("/topic Tea for all")
	bob.hear("TOPIC #tea :Tea for all")
	bob.say("TOPIC #tea :Coffee")
	c.shows("Coffee")
	bob.say("PRIVMSG alice :just between us")
	c.shows("[Act: ") // in a window of its own
	c.until("the window of bob is there", func() bool {
		c.typeIn("/window goto bob")
		return strings.Contains(c.screen(), "just between us")
	})
	c.typeIn("sure")
	bob.hear("PRIVMSG bob :sure")
	c.typeIn("/nick alicia")
	bob.hear(":alice!", "NICK", "alicia")
	bob.say("NICK robert", "AWAY :tea", "AWAY")
	c.shows("robert")
	c.typeIn("/whois robert")
	c.shows("A peer")
	c.typeIn("/quit see you")
	bob.hear(":alicia!", "QUIT", "see you")
}

func TestIrssi(t *testing.T) {
	needs(t, "irssi Debian's irssi", "tmux Debian's tmux")
	r := start(t)
	bob := r.peer("bob")
	c := r.irssi("PLAIN", "secret-tea", "")
	bob.hear(":alice!", "JOIN #tea alice ") // logged in
	c.typeIn("/window goto #tea")
	talk(c, bob)
}

func TestWeeChat(t *testing.T) {
	needs(t, "weechat Debian's weechat-curses", "tmux Debian's tmux")
	r := start(t)
	bob := r.peer("bob")
	c := r.weechat("weechat", "alice", "secret-tea", "")
	bob.hear(":alice!", "JOIN #tea alice ")
	c.shows("#tea")
	c.typeIn("/buffer #tea")
	// The private message opens a buffer of its own.
	bob.say("PRIVMSG #tea :grüße, 茶 and 🍵")
	c.shows("grüße, 茶 and 🍵")
	c.typeIn("thank you ☕")
	bob.hear(":alice!", "PRIVMSG #tea :thank you ☕")
	bob.say("MODE #tea +o alice")
	c.shows("@alice")
	c.typeIn("/topic Tea for all")
	bob.hear("TOPIC #tea :Tea for all")
	bob.say("NICK robert")
	c.shows("robert")
	c.typeIn("/kick robert no coffee here")
	bob.hear("KICK #tea robert :no coffee here")
	bob.say("PRIVMSG alice :just between us")
	c.typeIn("/buffer robert")
	c.shows("just between us")
	c.typeIn("/quit see you")
}

// run returns what a command prints.
func run(r *running, name string, args ...string) string {
	r.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		r.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}
