package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// A shuffler makes configurations, right and wrong ones.
type shuffler struct {
	base  string
	dir   string
	taken string // an address that another program has
	certs [2]string
}

// may is what a configuration may have besides the base.
func (s *shuffler) may() []string {
	return []string{
		"[limits]\nnick-length = %d\n",
		"[channels]\nfantasy = \"!%d\"\n",
		"[websocket]\norigins = [\"https://chat%d.example.org\"]\n",
		"[[listener]]\naddress = \"127.0.0.20:0\"\nwebsocket = true\n",
		"[[listener]]\naddress = \"127.0.0.21:0\"\ntls = true\n",
		"[[listener]]\naddress = \"127.0.0.22:0\"\ntls = true\ncert = \"" + s.certs[0] + ".crt\"\nkey = \"" + s.certs[0] + ".key\"\n",
		"[[listener]]\naddress = \"unix:" + filepath.Join(s.dir, "irc.sock") + "\"\n",
		"[tls]\nmin-version = \"1.3\"\ncert = \"" + s.certs[1] + ".crt\"\nkey = \"" + s.certs[1] + ".key\"\n",
		"[[oper]]\nname = \"oper%d\"\naccount = \"alice\"\nclass = \"netadmin\"\n",
		"[[oper-class]]\nname = \"class%d\"\nprivileges = [\"kill\", \"ban\"]\n",
		"[history.policy]\n",
		"[bans]\nappeal = \"root%d@example.org\"\n",
		"[connections]\nper-address = %d0000\nnew-connections = 100000\n",
		"[metadata]\nmax-keys = %d\n",
		"[extjwt]\n",
		"[accounts.script]\ncommand = [\"/bin/cat\"]\n",
		"[[webirc]]\nname = \"gate\"\nhosts = [\"192.0.2.%d\"]\ncertfp = \"" + strings.Repeat("ab", 32) + "\"\n",
		"[mail]\nenabled = true\nhost = \"mail%d.example.org\"\nfrom = \"a@example.org\"\n",
		"[[api.webhook]]\nurl = \"https://example.org/%d\"\nsecret = \"" + strings.Repeat("s", 40) + "\"\nevents = [\"account.*\"]\n",
		"[tls.sts]\nenabled = true\nduration = \"%dh\"\n",
	}
}

// mistakes are what no configuration can have.
func (s *shuffler) mistakes() []string {
	return []string{
		"[limits]\nnick-lenght = 9\n",
		"[limits]\nnick-length = \"long\"\n",
		"[limits\n",
		"[nothing]\nhere = true\n",
		"[[listener]]\naddress = \"" + s.taken + "\"\n",
		"[[listener]]\naddress = \"192.0.2.1:6667\"\n",
		"[[listener]]\naddress = \"127.0.0.23:0\"\ntls = true\ncert = \"nowhere.crt\"\nkey = \"nowhere.key\"\n",
		"[[oper]]\nname = \"eve\"\npassword = \"plain\"\nclass = \"netadmin\"\n",
		"[[oper]]\nname = \"eve\"\naccount = \"eve\"\nclass = \"nobody\"\n",
		"[[oper-class]]\nname = \"x\"\nprivileges = [\"fly\"]\n",
		"[channels]\ndefault-modes = \"+?\"\n",
		"[accounts.script]\ncommand = [\"/nowhere/program\"]\n",
		"[[api.token]]\nname = \"x\"\nhash = \"sha256:" + strings.Repeat("0", 64) + "\"\nscopes = [\"fly\"]\n",
		"[tls.acme]\nenabled = true\n",
		"\xff\xfe",
	}
}

// make returns a configuration, and whether it can be used.
func (s *shuffler) make(r *rand.Rand) (text string, right bool) {
	var b strings.Builder
	b.WriteString(s.base)
	for _, part := range s.may() {
		if r.IntN(3) == 0 {
			if strings.Contains(part, "%d") {
				part = fmt.Sprintf(part, 5+r.IntN(20))
			}
			b.WriteString(part)
		}
	}
	if right = r.IntN(3) > 0; !right {
		all := s.mistakes()
		b.WriteString(all[r.IntN(len(all))])
	}
	return b.String(), right
}

// newShuffler returns one whose files are there.
func newShuffler(t *testing.T) *shuffler {
	t.Helper()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { busy.Close() })
	dir := newFolder(t, "")
	s := &shuffler{dir: dir, taken: busy.Addr().String()}
	for i := range s.certs {
		s.certs[i] = filepath.Join(dir, fmt.Sprint("cert", i))
		code, _, stderr := ircd(t, dir, "", "mkcert", "--cert", s.certs[i]+".crt", "--key", s.certs[i]+".key", "irc.tea.example")
		codeIs(t, code, exitOK, stderr)
	}
	return s
}
