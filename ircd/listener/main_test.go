package listener

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain runs the tests and checks that no goroutine outlives them, or, in a
// process that a test has started, is a server.
func TestMain(m *testing.M) {
	if os.Getenv(serverEnv) != "" {
		if err := idleServer(); err != nil {
			panic(err)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// patience bounds what must happen soon; nothing waits for it to pass.
const patience = 10 * time.Second

var pool = &sync.Pool{New: func() any {
	b := make([]byte, 4096)
	return &b
}}

// serve starts a listener whose connections arrive in the channel. They are
// closed at the end of the test.
func serve(t testing.TB, o Options) (*Listener, <-chan *Conn) {
	t.Helper()
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	l, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	conns := make(chan *Conn, 16)
	end := make(chan struct{})
	var running sync.WaitGroup
	var mu sync.Mutex
	ended := false
	enter := func() bool { // nobody may be added to those who are waited for already
		mu.Lock()
		defer mu.Unlock()
		if !ended {
			running.Add(1)
		}
		return !ended
	}
	running.Go(func() {
		l.Serve(func(c *Conn) {
			if !enter() {
				return
			}
			defer running.Done()
			select {
			case conns <- c:
				<-end
			case <-end:
			}
		})
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		ended = true
		mu.Unlock()
		close(end)
		running.Wait()
	})
	return l, conns
}

func dial(t testing.TB, l *Listener) net.Conn {
	t.Helper()
	c, err := net.Dial(l.Addr().Network(), l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

func accepted(t testing.TB, conns <-chan *Conn) *Conn {
	t.Helper()
	select {
	case c := <-conns:
		c.SetDeadline(time.Now().Add(patience))
		return c
	case <-time.After(patience):
		t.Fatal("no connection was handed over")
		return nil
	}
}

// readAll returns what is sent until the connection is closed.
func readAll(t testing.TB, c net.Conn) string {
	t.Helper()
	b, err := io.ReadAll(c)
	if err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatal(err)
	}
	return string(b)
}

func readLine(t testing.TB, r *bufio.Reader) string {
	t.Helper()
	line, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func write(t testing.TB, w io.Writer, s string) {
	t.Helper()
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
}

func prefixes(s ...string) []netip.Prefix {
	var p []netip.Prefix
	for _, v := range s {
		p = append(p, netip.MustParsePrefix(v))
	}
	return p
}

var loopback = prefixes("127.0.0.0/8", "::1/128")

// certificates returns the certificates of hosts, one each.
func certificates(t testing.TB, hosts ...string) *Certificates {
	t.Helper()
	var pairs []Pair
	for _, h := range hosts {
		pairs = append(pairs, newPair(t, h))
	}
	var c Certificates
	if err := c.Load(pairs); err != nil {
		t.Fatal(err)
	}
	return &c
}

func newPair(t testing.TB, host string) Pair {
	t.Helper()
	dir := t.TempDir()
	p := Pair{dir + "/cert.pem", dir + "/key.pem"}
	if err := WriteSelfSigned(p.Cert, p.Key, []string{host}, time.Now(), time.Hour); err != nil {
		t.Fatal(err)
	}
	return p
}

func serverTLS(t testing.TB) *tls.Config { return TLSConfig(certificates(t, "irc.example.org"), "") }

// callToRest calls a connection to rest until it is parked: it may be about to wait.
func callToRest(c *Conn, parked <-chan bool) {
	for {
		c.Rest()
		select {
		case <-parked:
			return
		case <-time.After(time.Millisecond):
		}
	}
}
