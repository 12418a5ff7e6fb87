package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
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

// TestRehashes reads the configuration again, and again, while people talk: by a signal, by
// the API and by an operator, right ones and wrong ones. Whatever is wrong changes nothing,
// nobody is disconnected, no message is lost or late in its order, and nothing is left over
// of what was.
func TestRehashes(t *testing.T) {
	s := newShuffler(t)
	r := newRehasher(t, s)
	people := gather(t, r.irc, 8)
	n := rehashes(t)
	for range max(n/10, 10) { // until all has been used that is made but once
		r.rehash(s.make(r.rand))
	}
	before := r.settle()
	for range n {
		r.rehash(s.make(r.rand))
	}
	after := r.settle()
	said := people.end()
	t.Logf("%d rehashes, %d of them wrong, with %d messages: %v; before: %v", r.done+r.failed, r.failed, said, after, before)
	if after.goroutines > before.goroutines+4 || after.descriptors > before.descriptors+2 || after.heap > before.heap*1.3+8e6 {
		t.Errorf("something is left over: %v; before: %v", after, before)
	}
	for _, c := range people.all {
		if c.err != nil {
			t.Error(c.err)
		}
	}
	if log := r.stderr.String(); strings.Contains(log, "panic") || strings.Contains(log, "DATA RACE") {
		t.Error(last(log))
	}
}

// A rehasher lets a server read configurations.
type rehasher struct {
	*testing.T
	*process
	base              string // what settle goes back to
	path              string // of the configuration
	irc, figures, api string // addresses
	token             string
	root              *client
	rand              *rand.Rand
	done, failed      int
}

// newRehasher starts a server with the base of s, and an operator on it.
func newRehasher(t *testing.T, s *shuffler) *rehasher {
	token, hash := httpapi.NewToken()
	s.base = quiet + "[flood]\nenabled = false\n[monitoring]\nenabled = true\npprof = true\nlisten = \"127.0.0.3:0\"\n" +
		"[api]\nenabled = true\nlisten = \"127.0.0.4:0\"\n[[api.token]]\nname = \"t\"\nhash = \"" + hash + "\"\nscopes = [\"*\"]\n" +
		"[[oper]]\nname = \"root\"\npassword = \"" + hashOf(t, "tea") + "\"\nclass = \"netadmin\"\n[[oper-class]]\nname = \"netadmin\"\nprivileges = [\"*\"]\n"
	path := filepath.Join(s.dir, defaultConfig)
	writeFile(t, path, s.base)
	p := launch(t, s.dir)
	seed := uint64(time.Now().UnixNano())
	t.Logf("the seed is %d", seed)
	r := &rehasher{
		T: t, process: p, base: s.base, path: path, token: token,
		irc: p.address("127.0.0.1"), figures: "http://" + p.address("127.0.0.3"), api: "http://" + p.address("127.0.0.4"),
		rand: rand.New(rand.NewPCG(seed, 0)),
	}
	r.root = connect(t, r.irc, "root")
	r.root.conn.SetDeadline(time.Time{})
	r.root.send("OPER root tea")
	r.root.wait(" 381 ")
	return r
}

// figure returns one of the figures of the server.
func (r *rehasher) figure(name string) float64 {
	r.Helper()
	_, text := get(r.T, r.figures+"/metrics")
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(text)
	if m == nil {
		r.Fatalf("there is no %s", name)
	}
	f, _ := strconv.ParseFloat(m[1], 64)
	return f
}

// ask asks the API.
func (r *rehasher) ask(method, path string) (int, string) {
	r.Helper()
	q, _ := http.NewRequest(method, r.api+path, nil)
	q.Header.Set("Authorization", "Bearer "+r.token)
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		r.Fatal(err)
	}
	defer answer.Body.Close()
	b, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(b)
}

// rehash lets the server read a configuration, which is right or not.
func (r *rehasher) rehash(text string, right bool) {
	r.Helper()
	writeFile(r.T, r.path, text)
	_, before := r.ask("GET", "/v1/status")
	r.request(text, right)
	if right {
		r.done++
	} else {
		r.failed++
	}
	r.await(text, right)
	if _, after := r.ask("GET", "/v1/status"); !right && listening(before) != listening(after) {
		r.Fatalf("a wrong configuration changes the listeners from %s to %s\n%s", listening(before), listening(after), text)
	}
}

// request asks for a rehash in one of three ways.
func (r *rehasher) request(text string, right bool) {
	r.Helper()
	switch r.rand.IntN(3) {
	case 0:
		r.signal(syscall.SIGHUP)
	case 1:
		r.root.send("REHASH")
		r.root.wait(" 382 ")
	default:
		want := http.StatusOK
		if !right {
			want = http.StatusConflict
		}
		if status, answer := r.ask("POST", "/v1/rehash"); status != want {
			r.Fatalf("it is %d, not %d: %s\n%s", status, want, answer, text)
		}
	}
}

// await waits until the server has counted the last rehash, as what it is.
func (r *rehasher) await(text string, right bool) {
	r.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		ok, wrong := int(r.figure(`parley_rehashes_total{result="ok"}`)), int(r.figure(`parley_rehashes_total{result="failed"}`))
		if ok == r.done && wrong == r.failed {
			return
		}
		if ok > r.done || wrong > r.failed || time.Now().After(end) {
			r.Fatalf("%d are done, %d have failed; it should be %d and %d. The last was to be right: %v\n%s\n%s",
				ok, wrong, r.done, r.failed, right, text, last(r.stderr.String()))
		}
	}
}

// leavings are what a server has at a moment.
type leavings struct{ goroutines, descriptors, heap float64 }

func (l leavings) String() string {
	return fmt.Sprintf("%v goroutines, %v descriptors, %.1f MB", l.goroutines, l.descriptors, l.heap/1e6)
}

// settle goes back to the base, and returns what the server then has.
func (r *rehasher) settle() (now leavings) {
	r.Helper()
	r.rehash(r.base, true)
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		get(r.T, r.figures+"/debug/pprof/heap?gc=1")
		before := now
		now = leavings{r.figure("go_goroutines"), r.figure("process_open_fds"), r.figure("go_memstats_heap_alloc_bytes")}
		if now.goroutines == before.goroutines && now.descriptors == before.descriptors || time.Now().After(end) {
			return now
		}
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
