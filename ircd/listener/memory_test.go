package listener

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// serverEnv tells a process of this test to be a server: its kind and how many
// clients to wait for.
const serverEnv = "LISTENER_TEST_SERVER"

// idleBudgets are in bytes. Where connections cannot be parked, their goroutines come on top.
var idleBudgets = map[string]int{"plain": 2 << 10, "tls": 10 << 10, "websocket": 5 << 10, "wss": 13 << 10}

// TestIdleMemory measures what an idle client costs: the heap and the stacks of
// a server in another process.
func TestIdleMemory(t *testing.T) {
	const clients = 500
	for kind, budget := range idleBudgets {
		t.Run(kind, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", serverEnv, kind, clients))
			cmd.Stderr = os.Stderr
			in, _ := cmd.StdinPipe()
			pipe, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			out := bufio.NewReader(pipe)
			addr := strings.TrimSpace(readLine(t, out))
			for range clients {
				defer idleClient(t, kind, addr).Close()
			}
			var each int
			if _, err := fmt.Sscan(readLine(t, out), &each); err != nil {
				t.Fatal(err)
			}
			in.Close()
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
			t.Logf("%s: %d bytes per idle client", kind, each)
			if runtime.GOOS != "linux" {
				budget += 16 << 10
			}
			if each > budget {
				t.Errorf("%d bytes per idle client, more than %d", each, budget)
			}
		})
	}
}

// idleClient connects and says one line.
func idleClient(t *testing.T, kind, addr string) net.Conn {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	secure, web := kind == "tls" || kind == "wss", kind == "websocket" || kind == "wss"
	if secure {
		c = clientTLS(c, &tls.Config{ServerName: "irc.example.org"})
	}
	if !web {
		write(t, c, "NICK alice\r\n")
		return c
	}
	write(t, c, upgradeRequest("", TextProtocol))
	if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
		t.Fatal(err)
	}
	write(t, c, frame(0x81, "NICK alice"))
	return c
}

// idleServer prints its address and, when all clients have said their line, the
// bytes that each of them costs.
func idleServer() error {
	var kind string
	var clients int
	if _, err := fmt.Sscan(os.Getenv(serverEnv), &kind, &clients); err != nil {
		return err
	}
	o := Options{Address: "127.0.0.1:0", WebSocket: strings.HasPrefix(kind, "w"), AllowMissingOrigin: true}
	if kind == "tls" || kind == "wss" {
		certPEM, keyPEM, err := SelfSigned([]string{"irc.example.org"}, time.Now(), time.Hour)
		if err != nil {
			return err
		}
		pair, err := tls.X509KeyPair(certPEM, keyPEM)
		if err != nil {
			return err
		}
		var certs Certificates
		certs.pairs.Store(&[]tls.Certificate{pair})
		o.TLS = TLSConfig(&certs, "")
	}
	var err error
	if o.Parking, err = NewParking(); err != nil {
		return err
	}
	l, err := Listen(o)
	if err != nil {
		return err
	}
	defer l.Close()
	before := inUse()
	var conns []*Conn
	here, parked := make(chan *Conn, clients), make(chan bool)
	go l.Serve(func(c *Conn) {
		buf, _, err := c.ReadPooled(pool, true)
		if err != nil {
			return
		}
		pool.Put(buf)
		here <- c
		if buf, _, _ := c.ReadPooled(pool, true); buf == nil {
			c.Park(func() {})
		}
		parked <- true
	})
	fmt.Println(l.Addr())
	for range clients {
		conns = append(conns, <-here)
	}
	if o.Parking != nil {
		for _, c := range conns {
			callToRest(c, parked)
		}
	}
	fmt.Println((inUse() - before) / clients)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func inUse() int {
	for range 3 { // shrinks stacks, empties pools, frees what they held
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}
