package clients

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestZNC puts a bouncer in front, which logs in by SASL and stays while its user is
// away.
func TestZNC(t *testing.T) {
	needs(t, "znc Debian's znc")
	r := start(t)
	bob := r.peer("bob")
	port := freePort(t)
	folder := r.nobodys("znc")
	r.write("znc/configs/znc.conf", fmt.Sprintf(`Version = 1.8.2
ConnectDelay = 0
<Listener l>
	Host = 127.0.0.1
	Port = %s
	IPv4 = true
	IPv6 = false
	SSL = false
</Listener>
<User alice>
	Admin = true
	Nick = alice
	Ident = alice
	RealName = Alice
	Buffer = 50
	AutoClearChanBuffer = true
	<Pass password>
		Method = plain
		Hash = secret
	</Pass>
	<Network tea>
		LoadModule = sasl
		Server = 127.0.0.1 +%s
		TrustAllCerts = true
		JoinDelay = 0
		<Chan #tea>
		</Chan>
	</Network>
</User>
`, port, r.tls))
	r.write("znc/users/alice/networks/tea/moddata/sasl/.registry", "mechanisms PLAIN\npassword secret-tea\nusername alice\n")
	znc := exec.Command("znc", "--foreground", "--datadir", folder)
	disown(t, znc, folder)
	r.spawn(znc, filepath.Join(r.dir, "znc.log"))
	bob.hear(":alice!", "JOIN #tea alice ")
	bob.say("PRIVMSG #tea :said while alice is away")

	alice := r.dial(port, "PASS alice/tea:secret", "CAP REQ server-time", "NICK alice", "USER alice 0 * :Alice", "CAP END")
	alice.hear("PRIVMSG #tea :said while alice is away")
	alice.say("PRIVMSG #tea :back again")
	bob.hear(":alice!", "PRIVMSG #tea :back again")
	bob.say("PRIVMSG #tea :welcome")
	alice.hear("PRIVMSG #tea :welcome")
	alice.say("QUIT")
	bob.say("PRIVMSG #tea :gone?", "NAMES #tea")
	bob.hear(" 353 ", "alice") // the bouncer stays
}

// dial connects another raw client, to a port.
func (r *running) dial(port string, lines ...string) *peer {
	r.Helper()
	var conn net.Conn
	r.until("something listens on port "+port, func() (ok bool) {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		conn = c
		return err == nil
	})
	r.Cleanup(func() { conn.Close() })
	p := newPeer(r, conn)
	p.say(lines...)
	return p
}
