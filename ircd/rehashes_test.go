package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/httpapi"
)

// rehashes is how many of them TestRehashes performs: "make rehashes" sets more.
func rehashes(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("REHASHES"))
	if os.Getenv("REHASHES") != "" && err != nil {
		t.Fatal(err)
	}
	if err != nil {
		return 60
	}
	return n
}

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

// A talker says numbers in a channel, and hears what the others say.
type talker struct {
	net.Conn
	nick  string
	heard map[string]int // the last number of each, by nick
	err   error
}

// talk says one number after the other until stop is closed, then says that it is the end,
// and hears that of all others.
func (c *talker) talk(stop chan struct{}, others int, said *atomic.Int64) {
	go func() {
		for n := 1; ; n++ {
			select {
			case <-stop:
				fmt.Fprintf(c, "PRIVMSG #tea :end\r\n")
				return
			case <-time.After(5 * time.Millisecond):
				fmt.Fprintf(c, "PRIVMSG #tea :%d\r\n", n)
				said.Add(1)
			}
		}
	}()
	in, ended := bufio.NewScanner(c), 0
	for ended < others && in.Scan() {
		m := regexp.MustCompile(`^:(\w+)!\S+ PRIVMSG #tea :?(\w+)$`).FindStringSubmatch(in.Text())
		switch {
		case strings.HasPrefix(in.Text(), "PING"):
			fmt.Fprintf(c, "PONG x\r\n")
		case m == nil:
		case m[2] == "end":
			ended++
		default:
			n, _ := strconv.Atoi(m[2])
			if n != c.heard[m[1]]+1 {
				c.err = fmt.Errorf("%s hears %d of %s after %d", c.nick, n, m[1], c.heard[m[1]])
			}
			c.heard[m[1]] = n
		}
	}
	if ended < others {
		c.err = fmt.Errorf("%s is disconnected: %v, %s", c.nick, in.Err(), in.Text())
	}
}

// TestRehashes reads the configuration again, and again, while people talk: by a signal, by
// the API and by an operator, right ones and wrong ones. Whatever is wrong changes nothing,
// nobody is disconnected, no message is lost or late in its order, and nothing is left over
// of what was.
func TestRehashes(t *testing.T) {
	const talkers = 8
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	dir := newFolder(t, "")
	s := &shuffler{dir: dir, taken: busy.Addr().String()}
	for i := range s.certs {
		s.certs[i] = filepath.Join(dir, fmt.Sprint("cert", i))
		code, _, stderr := ircd(t, dir, "", "mkcert", "--cert", s.certs[i]+".crt", "--key", s.certs[i]+".key", "irc.tea.example")
		codeIs(t, code, exitOK, stderr)
	}
	token, hash := httpapi.NewToken()
	s.base = quiet + "[flood]\nenabled = false\n[monitoring]\nenabled = true\npprof = true\nlisten = \"127.0.0.3:0\"\n" +
		"[api]\nenabled = true\nlisten = \"127.0.0.4:0\"\n[[api.token]]\nname = \"t\"\nhash = \"" + hash + "\"\nscopes = [\"*\"]\n" +
		"[[oper]]\nname = \"root\"\npassword = \"" + hashOf(t, "tea") + "\"\nclass = \"netadmin\"\n[[oper-class]]\nname = \"netadmin\"\nprivileges = [\"*\"]\n"
	path := filepath.Join(dir, defaultConfig)
	writeFile(t, path, s.base)
	p := launch(t, dir)
	irc, figures, api := p.address("127.0.0.1"), "http://"+p.address("127.0.0.3"), "http://"+p.address("127.0.0.4")

	figure := func(name string) float64 {
		t.Helper()
		_, text := get(t, figures+"/metrics")
		m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("there is no %s", name)
		}
		f, _ := strconv.ParseFloat(m[1], 64)
		return f
	}
	ask := func(method, path string) (int, string) {
		t.Helper()
		r, _ := http.NewRequest(method, api+path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		b, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(b)
	}
	root := connect(t, irc, "root")
	root.conn.SetDeadline(time.Time{})
	root.send("OPER root tea")
	root.wait(" 381 ")

	var wait sync.WaitGroup
	var said atomic.Int64
	stop := make(chan struct{})
	all := make([]*talker, talkers)
	for i := range all {
		c := connect(t, irc, fmt.Sprintf("talker%d", i))
		c.conn.SetDeadline(time.Time{})
		c.send("JOIN #tea")
		c.wait(" 366 ")
		all[i] = &talker{Conn: c.conn, nick: fmt.Sprintf("talker%d", i), heard: map[string]int{}}
	}
	for _, c := range all {
		wait.Go(func() { c.talk(stop, talkers-1, &said) })
	}

	done, failed := 0, 0
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("the seed is %d", seed)
	rehash := func(text string, right bool) {
		t.Helper()
		writeFile(t, path, text)
		_, before := ask("GET", "/v1/status")
		switch r.IntN(3) {
		case 0:
			p.signal(syscall.SIGHUP)
		case 1:
			root.send("REHASH")
			root.wait(" 382 ")
		default:
			want := http.StatusOK
			if !right {
				want = http.StatusConflict
			}
			if status, answer := ask("POST", "/v1/rehash"); status != want {
				t.Fatalf("it is %d, not %d: %s\n%s", status, want, answer, text)
			}
		}
		if right {
			done++
		} else {
			failed++
		}
		for end := time.Now().Add(patience); ; {
			ok, wrong := figure(`parley_rehashes_total{result="ok"}`), figure(`parley_rehashes_total{result="failed"}`)
			if int(ok) == done && int(wrong) == failed {
				break
			}
			if int(ok) > done || int(wrong) > failed || time.Now().After(end) {
				t.Fatalf("%v are done, %v have failed; it should be %d and %d. The last was to be right: %v\n%s\n%s", ok, wrong, done, failed, right, text, last(p.stderr.String()))
			}
			time.Sleep(time.Millisecond)
		}
		if _, after := ask("GET", "/v1/status"); !right && listening(before) != listening(after) {
			t.Fatalf("a wrong configuration changes the listeners from %s to %s\n%s", listening(before), listening(after), text)
		}
	}
	// settle goes back to the base, and returns what the server then has.
	settle := func() (goroutines, descriptors, heap float64) {
		t.Helper()
		rehash(s.base, true)
		http.DefaultClient.CloseIdleConnections()
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			get(t, figures+"/debug/pprof/heap?gc=1")
			g, d, h := figure("go_goroutines"), figure("process_open_fds"), figure("go_memstats_heap_alloc_bytes")
			if g == goroutines && d == descriptors || time.Now().After(end) {
				return g, d, h
			}
			goroutines, descriptors, heap = g, d, h
		}
	}
	n := rehashes(t)
	for range max(n/10, 10) { // until all has been used that is made but once
		rehash(s.make(r))
	}
	goroutines, descriptors, heap := settle()
	for range n {
		rehash(s.make(r))
	}
	g, d, h := settle()
	t.Logf("%d rehashes, %d of them wrong, with %d messages: %v goroutines (%v before), %v descriptors (%v), %.1f MB (%.1f)",
		done+failed, failed, said.Load(), g, goroutines, d, descriptors, h/1e6, heap/1e6)
	if g > goroutines+4 || d > descriptors+2 || h > heap*1.3+8e6 {
		t.Errorf("something is left over: %v goroutines (%v before), %v descriptors (%v), %.1f MB (%.1f)", g, goroutines, d, descriptors, h/1e6, heap/1e6)
	}
	close(stop)
	wait.Wait()
	for _, c := range all {
		if c.err != nil {
			t.Error(c.err)
		}
	}
	if log := p.stderr.String(); strings.Contains(log, "panic") || strings.Contains(log, "DATA RACE") {
		t.Error(last(log))
	}
}

// listening returns where a server listens, of its status.
func listening(status string) string {
	_, rest, _ := strings.Cut(status, `"listeners":`)
	rest, _, _ = strings.Cut(rest, "]")
	return rest
}

// last returns the end of a log.
func last(log string) string { return log[max(0, len(log)-2000):] }
