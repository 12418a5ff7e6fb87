package chaos

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// Wires are what lies between servers: a proxy before each, through which all the others
// reach it. It knows by which process it is connected to, and so can hold what one server
// sends another, in one direction or both, or let it through slowly. What is held is not
// lost: that is what a network does that heals.
type wires struct {
	servers []*server

	mu     sync.Mutex
	change sync.Cond // of all below
	held   map[[2]int]bool
	delay  map[[2]int]time.Duration
}

// newWires makes wires to servers, which are configured and do not run yet.
func newWires(t *testing.T, servers []*server) *wires {
	w := &wires{servers: servers, held: map[[2]int]bool{}, delay: map[[2]int]time.Duration{}}
	w.change.L = &w.mu
	for to, s := range servers {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		s.advertise = l.Addr().String()
		go w.accept(l, to)
	}
	return w
}

// hold lets nothing through from one server to another, or lets it through again.
func (w *wires) hold(from, to int, held bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held[[2]int{from, to}] = held
	w.change.Broadcast()
}

// slow delays all that a server sends and receives.
func (w *wires) slow(i int, by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for j := range w.servers {
		w.delay[[2]int{i, j}], w.delay[[2]int{j, i}] = by, by
	}
}

// open waits until nothing is held from one server to another; with both, nor back.
func (w *wires) open(from, to int, both bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.held[[2]int{from, to}] || both && w.held[[2]int{to, from}] {
		w.change.Wait()
	}
}

func (w *wires) accept(l net.Listener, to int) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go w.connect(c, to)
	}
}

// connect lets a server through to another one.
func (w *wires) connect(c net.Conn, to int) {
	defer c.Close()
	from, ok := w.sender(c)
	if !ok {
		return // it has ended already
	}
	w.open(from, to, true) // as no connection is made through what is cut
	s, err := net.Dial("tcp", w.servers[to].link)
	if err != nil {
		return
	}
	defer s.Close()
	var both sync.WaitGroup
	both.Go(func() { w.carry(c, s, from, to) })
	both.Go(func() { w.carry(s, c, to, from) })
	both.Wait()
}

// A portion is what is on its way.
type portion struct {
	data []byte
	due  time.Time
}

// carry copies from one connection to another, as the wire allows.
func (w *wires) carry(in, out net.Conn, from, to int) {
	way := make(chan portion, 1024)
	go func() {
		defer close(way)
		for {
			b := make([]byte, 16<<10)
			n, err := in.Read(b)
			if n > 0 {
				w.mu.Lock()
				due := time.Now().Add(w.delay[[2]int{from, to}])
				w.mu.Unlock()
				way <- portion{b[:n], due}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range way {
		time.Sleep(time.Until(p.due))
		w.open(from, to, false)
		if _, err := out.Write(p.data); err != nil {
			break
		}
	}
	w.open(from, to, false) // nor is the end of a connection heard through what is cut
	out.Close()
	in.Close()
	for range way { // lets the reader go on, which ends now
	}
}

// sender returns which server's process has made a connection.
func (w *wires) sender(c net.Conn) (i int, ok bool) {
	inode := socketInode(c.RemoteAddr().(*net.TCPAddr).Port, c.LocalAddr().(*net.TCPAddr).Port)
	for i, s := range w.servers {
		pid := s.pid()
		files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		if pid == 0 || err != nil {
			continue
		}
		for _, f := range files {
			if to, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, f.Name())); to == "socket:["+inode+"]" {
				return i, true
			}
		}
	}
	return 0, false
}

// socketInode returns the number of the socket that is connected from one port of this
// machine to another, "" if there is none any more.
func socketInode(from, to int) string {
	b, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) > 9 && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", from)) && strings.HasSuffix(f[2], fmt.Sprintf(":%04X", to)) {
			return f[9]
		}
	}
	return ""
}
