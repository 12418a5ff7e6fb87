package clients

import (
	"encoding/base64"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gateway is where biboumi finds the server: it knows the usual port only.
const gateway = "127.0.0.77"

// TestBiboumi connects somebody by XMPP, through a gateway.
func TestBiboumi(t *testing.T) {
	needs(t, "biboumi Debian's biboumi", "prosody Debian's prosody")
	r := start(t, "[[listener]]\naddress = \""+gateway+":6667\"\n")
	bob := r.peer("bob")
	c2s, component := freePort(t), freePort(t)
	r.write("xmpp/data/xmpp%2eexample/accounts/juliet.dat", `return { ["password"] = "secret-tea"; };`)
	prosody := exec.Command("prosody", "-F", "--config", r.write("xmpp/prosody.cfg.lua", fmt.Sprintf(`
run_as_root = true
pidfile = %q
data_path = %q
modules_enabled = { "saslauth", "roster", "disco" }
modules_disabled = { "s2s", "tls" }
interfaces = { "127.0.0.1" }
c2s_ports = { %s }
component_ports = { %s }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
log = { info = "*console" }
VirtualHost "xmpp.example"
Component "irc.xmpp.example"
	component_secret = "secret"
`, filepath.Join(r.dir, "prosody.pid"), filepath.Join(r.dir, "xmpp", "data"), c2s, component)))
	r.spawn(prosody, filepath.Join(r.dir, "prosody.log"))
	r.until("XMPP is there", func() bool { return listens(component) })
	r.spawn(exec.Command("biboumi", r.write("biboumi.cfg", fmt.Sprintf(
		"hostname=irc.xmpp.example\npassword=secret\nport=%s\ndb_name=%s\nlog_level=1\nidentd_port=0\n", component, filepath.Join(r.dir, "biboumi.sqlite")))),
		filepath.Join(r.dir, "biboumi.log"))

	juliet := r.xmpp(c2s)
	room := "#tea%" + gateway + "@irc.xmpp.example"
	r.until("the gateway is there", func() bool {
		juliet.send("<iq type='get' id='ping' to='irc.xmpp.example'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
		return strings.Contains(juliet.until("id='ping'", `id="ping"`), "result")
	})
	juliet.send("<presence to='" + room + "/juliet'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
	bob.hear(":juliet!", "JOIN #tea")
	juliet.until(room + "/bob")
	bob.say("PRIVMSG #tea :grüße 🍵")
	juliet.until("grüße 🍵")
	juliet.send("<message type='groupchat' to='" + room + "'><body>parting is such sweet sorrow</body></message>")
	bob.hear(":juliet!", "PRIVMSG #tea :parting is such sweet sorrow")
	juliet.send("<presence type='unavailable' to='" + room + "/juliet'><status>good night</status></presence>")
	bob.hear(":juliet!", "good night")
}

func listens(port string) bool {
	c, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err == nil {
		c.Close()
	}
	return err == nil
}

// An xmpp is a connection to an XMPP server.
type xmpp struct {
	*running
	conn net.Conn
	read string // what is read and not looked at
}

// xmpp connects as juliet.
func (r *running) xmpp(port string) *xmpp {
	r.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { conn.Close() })
	x := &xmpp{r, conn, ""}
	const stream = "<stream:stream to='xmpp.example' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
	x.send("<?xml version='1.0'?>" + stream)
	x.until("</stream:features>")
	x.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + base64.StdEncoding.EncodeToString([]byte("\x00juliet\x00secret-tea")) + "</auth>")
	x.until("<success")
	x.send(stream)
	x.until("</stream:features>")
	x.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq><presence/>")
	x.until("</jid>")
	return x
}

func (x *xmpp) send(s string) {
	x.Helper()
	if _, err := x.conn.Write([]byte(s)); err != nil {
		x.Fatal(err)
	}
}

// until reads until one of these has come, and returns what was read, to the end of its
// stanza or what has come of it.
func (x *xmpp) until(any ...string) string {
	x.Helper()
	_ = x.conn.SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 4096)
	for {
		for _, part := range any {
			if _, after, ok := strings.Cut(x.read, part); ok {
				all := x.read
				x.read = after
				return all
			}
		}
		n, err := x.conn.Read(b)
		if err != nil {
			x.Fatalf("%v while waiting for %q; read %s", err, any, x.read)
		}
		x.read += string(b[:n])
	}
}
