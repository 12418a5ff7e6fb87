package listener

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func newParking(t testing.TB) *Parking {
	t.Helper()
	p, err := NewParking()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// kinds are all that connections are made of.
var kinds = []string{"plain", "tls", "websocket", "wss"}

func optionsFor(t testing.TB, kind string) Options {
	o := Options{Address: "127.0.0.1:0", WebSocket: strings.HasPrefix(kind, "w"), AllowMissingOrigin: true, Parking: newParking(t)}
	if kind == "tls" || kind == "wss" {
		o.TLS = serverTLS(t)
	}
	return o
}

// A speaker is a client that says lines, whatever its connection is made of.
type speaker struct {
	net.Conn
	web bool
}

func speak(t testing.TB, kind string, l *Listener) speaker {
	c := dial(t, l)
	if kind == "tls" || kind == "wss" {
		secure := clientTLS(c, &tls.Config{ServerName: "irc.example.org"})
		if err := secure.Handshake(); err != nil {
			t.Fatal(err)
		}
		c = secure
	}
	if strings.HasPrefix(kind, "w") {
		write(t, c, upgradeRequest("", TextProtocol))
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatal(err)
		}
	}
	return speaker{c, strings.HasPrefix(kind, "w")}
}

func (s speaker) frame(line string) string {
	if s.web {
		return string(frame(0x81, line))
	}
	return line + "\r\n"
}

func (s speaker) say(t testing.TB, line string) {
	t.Helper()
	write(t, s, s.frame(line))
}

// TestRest tests the life of a connection whose client is idle again and again.
func TestRest(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			o := optionsFor(t, kind)
			released := make(chan bool)
			o.Admit = func(netip.Addr) (func(), error) {
				return sync.OnceFunc(func() { close(released) }), nil
			}
			l, err := Listen(o)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			conns, heard, parked := make(chan *Conn, 1), make(chan string), make(chan bool)
			var run func(c *Conn)
			run = func(c *Conn) {
				for {
					switch buf, n, err := c.ReadPooled(pool, true); {
					case err != nil:
						heard <- err.Error()
						return
					case buf == nil:
						if c.Park(func() { run(c) }) {
							parked <- true
							return
						}
						heard <- "it cannot be parked"
					default:
						line := string((*buf)[:n])
						pool.Put(buf)
						heard <- line
					}
				}
			}
			go l.Serve(func(c *Conn) { conns <- c; run(c) })
			client := speak(t, kind, l)
			c := <-conns
			next := func(want string) {
				t.Helper()
				if got := <-heard; got != want {
					t.Errorf("read %q instead of %q", got, want)
				}
			}
			for i := range 3 {
				line := fmt.Sprintf("PING %d", i)
				client.say(t, line)
				next(line + "\r\n")
				callToRest(c, parked)
				client.say(t, "PONG") // wakes it
				next("PONG\r\n")
			}
			half := client.frame("a line in two pieces")
			callToRest(c, parked)
			write(t, client, half[:5])
			if kind == "plain" || kind == "tls" {
				next(half[:5])
			}
			write(t, client, half[5:])
			if got := <-heard; !strings.HasSuffix(got, "pieces\r\n") {
				t.Errorf("read %q", got)
			}
			callToRest(c, parked)
			select {
			case <-released:
				t.Error("a parked connection is closed")
			default:
			}
			c.Interrupt()
			if got := <-heard; !strings.Contains(got, os.ErrDeadlineExceeded.Error()) {
				t.Errorf("an interrupted connection reads %q", got)
			}
			<-released
			if c.Park(func() {}) {
				t.Error("an interrupted connection is parked")
			}
			_, _ = io.Copy(io.Discard, client) // it is closed
		})
	}
}

// TestParkedClientLeaves tests that a parked connection notices that its client is gone.
func TestParkedClientLeaves(t *testing.T) {
	l, err := Listen(optionsFor(t, "plain"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conns, parked, end := make(chan *Conn, 1), make(chan bool), make(chan error)
	go l.Serve(func(c *Conn) {
		conns <- c
		if buf, _, err := c.ReadPooled(pool, true); buf != nil || err != nil {
			t.Errorf("read something, or %v", err)
		}
		if !c.Park(func() { _, _, err := c.ReadPooled(pool, true); end <- err }) {
			t.Error("it cannot be parked")
		}
		parked <- true
	})
	client := dial(t, l)
	callToRest(<-conns, parked)
	client.Close()
	if err := <-end; !errors.Is(err, io.EOF) {
		t.Errorf("read %v", err)
	}
}

// TestRestAtAnyTime calls connections to rest while their clients talk: no line may be
// lost, and nobody be deaf.
func TestRestAtAnyTime(t *testing.T) {
	const clients, lines = 8, 200
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			l, err := Listen(optionsFor(t, kind))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			var parks atomic.Int32
			var mu sync.Mutex
			var all []*Conn
			var run func(c *Conn)
			run = func(c *Conn) { // echoes
				for {
					buf, n, err := c.ReadPooled(pool, true)
					if err != nil {
						return
					}
					if buf == nil {
						if c.Park(func() { run(c) }) {
							parks.Add(1)
							return
						}
						continue
					}
					_, _ = c.Write((*buf)[:n])
					pool.Put(buf)
				}
			}
			go l.Serve(func(c *Conn) {
				mu.Lock()
				all = append(all, c)
				mu.Unlock()
				run(c)
			})
			stop := make(chan bool)
			var watch, talk sync.WaitGroup
			watch.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					mu.Lock()
					for _, c := range all {
						c.Rest()
					}
					mu.Unlock()
					time.Sleep(time.Duration(rand.IntN(100)) * time.Microsecond)
				}
			})
			for i := range clients {
				client := speak(t, kind, l)
				talk.Go(func() {
					r := bufio.NewReader(client)
					for n := range lines {
						text := fmt.Sprintf("client %d line %d", i, n)
						client.say(t, text)
						if client.web {
							head := make([]byte, 2)
							_, _ = io.ReadFull(r, head)
							heard := make([]byte, head[1])
							if _, err := io.ReadFull(r, heard); err != nil || string(heard) != text {
								t.Errorf("heard %q and %v instead of %q", heard, err, text)
								return
							}
							continue
						}
						if heard, err := r.ReadString('\n'); err != nil || heard != text+"\r\n" {
							t.Errorf("heard %q and %v instead of %q", heard, err, text)
							return
						}
					}
				})
			}
			talk.Wait()
			close(stop)
			watch.Wait()
			if parks.Load() == 0 {
				t.Error("nobody was ever parked")
			}
			for _, c := range all {
				c.Interrupt()
			}
		})
	}
}
