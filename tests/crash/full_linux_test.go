package crash

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFull: on a disk that is full, chat goes on and is read as always, an operator is told,
// what would have to be stored is refused, and who has an account logs in. When there is
// space again, the operator is told that, too, and nothing of it is lost, even if the server
// is killed then.
func TestFull(t *testing.T) {
	s := newServer(t)
	s.addOper()
	s.start()
	alice, bob, oper := s.connect(t, nickOf(0), true), s.connect(t, nickOf(1), true), s.connect(t, nickOf(2), true)
	oper.send("OPER root %s", password)
	oper.await(t, "381")
	oper.send("MODE %s +s r", nickOf(2))
	said := 0
	say := func(n int) {
		t.Helper()
		for range n {
			said++
			alice.send("PRIVMSG #tea :%d", said)
		}
		for _, c := range []*client{alice, bob} { // alice hears her echo
			for text := ""; text != fmt.Sprint(said); {
				text = c.await(t, "PRIVMSG").Params[1]
			}
		}
	}
	say(20)
	var most uint64 = 1 << 40
	for _, name := range []string{"parley.db", "history.db"} {
		fi, err := os.Stat(filepath.Join(s.dir, "data", name))
		if err != nil {
			t.Fatal(err)
		}
		most = min(most, uint64(fi.Size()))
	}
	s.limit(most)
	say(200)
	oper.hears(t, "The history cannot be written")
	if n := len(bob.history(t, "#tea", "")); n != said {
		t.Errorf("%d of %d messages can be read", n, said)
	}
	carol := s.visit(t, "carol")
	carol.send("REGISTER * * %s", password)
	if m := carol.await(t, "FAIL"); m.Params[1] != "TEMPORARILY_UNAVAILABLE" {
		t.Errorf("a registration is answered by %v", m)
	}
	s.connect(t, nickOf(1), false).Close()

	s.limit(unix.RLIM_INFINITY)
	oper.hears(t, "The history can be written again")
	say(5)
	carol.send("REGISTER * * %s", password)
	carol.await(t, "900")
	if !strings.Contains(s.process.Log.String(), "the history cannot be written") {
		t.Errorf("the log does not say so:\n%s", s.process.Log)
	}
	_ = s.process.End(os.Kill)
	s.start()
	bob = s.connect(t, nickOf(1), false)
	for i, m := range bob.history(t, "#tea", "") {
		if m.text != fmt.Sprint(i+1) || i+1 > said {
			t.Fatalf("message %d is %q", i+1, m.text)
		}
		if i+1 == said {
			return
		}
	}
	t.Errorf("messages are missing")
}

// addOper adds an operator to the configuration.
func (s *server) addOper() {
	s.Helper()
	cmd := exec.Command(s.binary, "genpasswd")
	cmd.Stdin = strings.NewReader(password + "\n")
	hash, err := cmd.Output()
	if err != nil {
		s.Fatal(err)
	}
	text := configuration + fmt.Sprintf(`
[[oper-class]]
name = "all"
privileges = ["snomask"]
[[oper]]
name = "root"
class = "all"
password = %q
`, bytes.TrimSpace(hash))
	if err := os.WriteFile(filepath.Join(s.dir, "parley.toml"), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// limit lets no file of the server grow beyond a size.
func (s *server) limit(bytes uint64) {
	s.Helper()
	if err := unix.Prlimit(s.process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		s.Fatal(err)
	}
}

// visit connects somebody without an account.
func (s *server) visit(t *testing.T, nick string) *client {
	t.Helper()
	conn, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(conn, nick)
	c.send("CAP REQ :message-tags\r\nNICK %s\r\nUSER %s 0 * :%s\r\nCAP END", nick, nick, nick)
	c.await(t, "001")
	return c
}
