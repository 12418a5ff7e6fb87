package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// page is what the page of a web client does, with the library that Kiwi IRC and The
// Lounge are made with.
const page = `
const IRC = require('irc-framework');
const client = new IRC.Client({ websocket_protocol: 'text.ircv3.net' });
client.connect({
	host: '127.0.0.1', port: Number(process.env.PORT), nick: 'alice', username: 'alice', gecos: 'Alice',
	transport: require('irc-framework/src/transports/websocket'), path: '', ping_interval: 0, tls: false,
	account: { account: 'alice', password: 'secret-tea' }, enable_echomessage: true, auto_reconnect: false,
});
client.on('registered', () => client.join('#tea'));
client.on('message', (m) => {
	if (m.target === '#tea' && m.nick === 'bob') client.say('#tea', 'you said: ' + m.message + ' at ' + (m.time > 0 ? 'a time' : 'no time'));
});
client.on('topic', () => client.quit('bye'));
client.on('close', () => process.exit(0));
`

// TestWebClient connects over WebSocket, as a page in a browser does.
func TestWebClient(t *testing.T) {
	needs(t, "node Debian's nodejs")
	modules := os.Getenv("NODE_PATH")
	if _, err := os.Stat(filepath.Join(modules, "irc-framework")); modules == "" || err != nil {
		t.Skip("MISSING: irc-framework, of npm; name the folder node_modules by NODE_PATH")
	}
	r := start(t)
	bob := r.peer("bob")
	r.spawn(exec.Command("env", "PORT="+r.websocket, "node", "--experimental-websocket", r.write("page.js", page)), filepath.Join(r.dir, "page.log"))
	bob.hear(":alice!", "JOIN #tea alice ")
	bob.say("PRIVMSG #tea :grüße 🍵")
	bob.hear(":alice!", "PRIVMSG #tea :you said: grüße 🍵 at a time")
	bob.say("TOPIC #tea :enough")
	bob.hear(":alice!", "QUIT", "bye")
}
